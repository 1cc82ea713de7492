// Write INTRODUCES relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Method {id: row.end})
MERGE (a)-[r:INTRODUCES]->(b)
SET r.how = row.properties.how,
    r.strength = row.properties.strength
