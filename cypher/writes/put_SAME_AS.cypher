// Write SAME_AS relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Name {id: row.start})
MATCH (b:Name {id: row.end})
MERGE (a)-[r:SAME_AS]->(b)
SET r.decision = row.properties.decision,
    r.rule = row.properties.rule,
    r.score = row.properties.score,
    r.status = row.properties.status
