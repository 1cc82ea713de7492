// Write REFERS_TO relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Record {id: row.start})
MATCH (b:Reference {id: row.end})
MERGE (a)-[r:REFERS_TO]->(b)
SET r.intent = row.properties.intent,
    r.influential = row.properties.influential,
    r.in_text = row.properties.in_text
