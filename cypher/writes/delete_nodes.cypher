// Delete nodes of one label with whatever hangs on them
UNWIND $ids AS id
MATCH (n:LABEL {id: id})
DETACH DELETE n
