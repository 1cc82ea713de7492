// Write methods, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Method {id: row.id})
SET n.name = row.properties.name
