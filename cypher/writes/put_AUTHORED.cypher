// Write AUTHORED relationships, at most one between two nodes; a property not given is removed
UNWIND $rows AS row
MATCH (a:Author {id: row.start})
MATCH (b:Paper {id: row.end})
MERGE (a)-[r:AUTHORED]->(b)
SET r.position = row.properties.position,
    r.is_last = row.properties.is_last,
    r.name_as_printed = row.properties.name_as_printed,
    r.mentions = row.properties.mentions,
    r.names = row.properties.names,
    r.names_as_printed = row.properties.names_as_printed,
    r.identifiers = row.properties.identifiers,
    r.is_corresponding = row.properties.is_corresponding,
    r.orcid_authenticated = row.properties.orcid_authenticated,
    r.roles = row.properties.roles,
    r.affiliations = row.properties.affiliations
