// Write HAS_CODE relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Repo {id: row.end})
MERGE (a)-[r:HAS_CODE]->(b)
SET r.as_printed = row.properties.as_printed
