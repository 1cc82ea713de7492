// Write ALIGNED_WITH relationships, at most one between two names for a paper
UNWIND $rows AS row
MATCH (a:Name {id: row.start})
MATCH (b:Name {id: row.end})
MERGE (a)-[r:ALIGNED_WITH {paper: row.properties.paper}]->(b)
