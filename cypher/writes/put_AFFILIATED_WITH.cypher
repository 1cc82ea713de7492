// Write AFFILIATED_WITH relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Affiliation {id: row.end})
MERGE (a)-[r:AFFILIATED_WITH]->(b)
SET r.certainty = row.properties.certainty,
    r.as_printed = row.properties.as_printed
