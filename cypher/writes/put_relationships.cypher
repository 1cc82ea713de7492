// Write relationships of one type, at most one between two nodes
UNWIND $rows AS row
MATCH (a:START_LABEL {id: row.start})
MATCH (b:END_LABEL {id: row.end})
MERGE (a)-[r:TYPE]->(b)
SET r = row.properties
