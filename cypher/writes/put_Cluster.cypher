// Write clusters, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Cluster {id: row.id})
SET n.number = row.properties.number,
    n.label = row.properties.label,
    n.terms = row.properties.terms,
    n.methods = row.properties.methods,
    n.size = row.properties.size,
    n.papers = row.properties.papers,
    n.first_year = row.properties.first_year,
    n.last_year = row.properties.last_year,
    n.stability = row.properties.stability,
    n.replicates = row.properties.replicates,
    n.unverified = row.properties.unverified,
    n.cut_lists = row.properties.cut_lists,
    n.top_authors = row.properties.top_authors,
    n.continues = row.properties.continues,
    n.jaccard = row.properties.jaccard
