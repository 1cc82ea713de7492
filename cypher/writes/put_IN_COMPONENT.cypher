// Write IN_COMPONENT relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Author {id: row.start})
MATCH (b:Component {id: row.end})
MERGE (a)-[r:IN_COMPONENT]->(b)
SET r.degree = row.properties.degree,
    r.strength = row.properties.strength,
    r.core = row.properties.core,
    r.betweenness = row.properties.betweenness,
    r.betweenness_error = row.properties.betweenness_error,
    r.closeness = row.properties.closeness,
    r.pagerank = row.properties.pagerank,
    r.clustering = row.properties.clustering
