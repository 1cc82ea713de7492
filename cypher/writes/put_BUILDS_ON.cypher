// Write BUILDS_ON relationships, at most one between two papers for a scope and model; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Paper {id: row.end})
MERGE (a)-[r:BUILDS_ON {scope: row.properties.scope, model: row.properties.model}]->(b)
SET r.score = row.properties.score,
    r.tier = row.properties.tier,
    r.kind = row.properties.kind,
    r.direction_certain = row.properties.direction_certain,
    r.shown = row.properties.shown,
    r.rank = row.properties.rank,
    r.evidence = row.properties.evidence,
    r.decided = row.properties.decided
