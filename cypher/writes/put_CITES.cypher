// Write CITES relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Paper {id: row.end})
MERGE (a)-[r:CITES]->(b)
SET r.intent = row.properties.intent,
    r.influential = row.properties.influential,
    r.in_text = row.properties.in_text
