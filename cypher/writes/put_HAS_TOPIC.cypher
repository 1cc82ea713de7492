// Write HAS_TOPIC relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Topic {id: row.end})
MERGE (a)-[r:HAS_TOPIC]->(b)
SET r.as_printed = row.properties.as_printed
