// Write HAS_KEY relationships, at most one between two nodes
UNWIND $rows AS row
MATCH (a:Record {id: row.start})
MATCH (b:Key {id: row.end})
MERGE (a)-[r:HAS_KEY]->(b)
