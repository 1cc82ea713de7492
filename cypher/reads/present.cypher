// Which of these nodes are there
UNWIND $ids AS id
MATCH (n:LABEL {id: id})
RETURN n.id AS id
