// Write lines of the identity log, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Decision {id: row.id})
SET n.number = row.properties.number,
    n.op = row.properties.op,
    n.a = row.properties.a,
    n.b = row.properties.b,
    n.by = row.properties.by,
    n.json = row.properties.json
