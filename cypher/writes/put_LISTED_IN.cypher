// Write LISTED_IN relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Paper {id: row.start})
MATCH (b:Source {id: row.end})
MERGE (a)-[r:LISTED_IN]->(b)
SET r.locator = row.properties.locator
