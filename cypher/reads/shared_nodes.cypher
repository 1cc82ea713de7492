// Nodes of one label
UNWIND $ids AS id
MATCH (n:LABEL {id: id})
USING INDEX SEEK n:LABEL(id)
RETURN n.id AS id, n.name AS name
