// Write COAUTHORED relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Author {id: row.start})
MATCH (b:Author {id: row.end})
MERGE (a)-[r:COAUTHORED]->(b)
SET r.papers = row.properties.papers,
    r.weight = row.properties.weight,
    r.first_year = row.properties.first_year,
    r.last_year = row.properties.last_year
