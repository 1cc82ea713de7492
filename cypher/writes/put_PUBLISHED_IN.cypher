// Write PUBLISHED_IN relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Venue {id: row.end})
MERGE (a)-[r:PUBLISHED_IN]->(b)
SET r.as_printed = row.properties.as_printed
