// Write authors, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Author {id: row.id})
SET n.name = row.properties.name,
    n.name_variants = row.properties.name_variants,
    n.identifiers = row.properties.identifiers,
    n.identity = row.properties.identity,
    n.metrics = row.properties.metrics
