// Write names, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Name {id: row.id})
SET n.name = row.properties.name,
    n.key = row.properties.key,
    n.source = row.properties.source,
    n.variants = row.properties.variants,
    n.first_mention = row.properties.first_mention,
    n.identifiers = row.properties.identifiers
