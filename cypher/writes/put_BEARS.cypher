// Write BEARS relationships, at most one between two nodes
UNWIND $rows AS row
MATCH (a:Name {id: row.start})
MATCH (b:Key {id: row.end})
MERGE (a)-[r:BEARS]->(b)
