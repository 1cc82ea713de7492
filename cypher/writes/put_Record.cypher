// Write records, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Record {id: row.id})
SET n.source = row.properties.source,
    n.paper = row.properties.paper,
    n.json = row.properties.json
