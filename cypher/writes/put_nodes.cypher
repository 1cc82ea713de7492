// Write nodes of one label, each in place of the node of its id
UNWIND $rows AS row
MERGE (n:LABEL {id: row.id})
SET n = row.properties
