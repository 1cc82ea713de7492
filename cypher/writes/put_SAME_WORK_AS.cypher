// Write SAME_WORK_AS relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Paper {id: row.end})
MERGE (a)-[r:SAME_WORK_AS]->(b)
SET r.rule = row.properties.rule
