// Write MENTIONS relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Method {id: row.end})
MERGE (a)-[r:MENTIONS]->(b)
SET r.where = row.properties.where,
    r.cue = row.properties.cue,
    r.quote = row.properties.quote
