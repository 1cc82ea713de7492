// Write the stamp of the derived layer, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Derivation {id: row.id})
SET n.facts_revision = row.properties.facts_revision,
    n.status = row.properties.status,
    n.parameters = row.properties.parameters,
    n.versions = row.properties.versions,
    n.seconds = row.properties.seconds
