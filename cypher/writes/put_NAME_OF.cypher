// Write NAME_OF relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Name {id: row.start})
MATCH (b:Author {id: row.end})
MERGE (a)-[r:NAME_OF]->(b)
SET r.status = row.properties.status
