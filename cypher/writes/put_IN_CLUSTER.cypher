// Write IN_CLUSTER relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Author {id: row.start})
MATCH (b:Cluster {id: row.end})
MERGE (a)-[r:IN_CLUSTER]->(b)
SET r.share = row.properties.share,
    r.together = row.properties.together
