// Write components, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Component {id: row.id})
SET n.number = row.properties.number,
    n.size = row.properties.size,
    n.ties = row.properties.ties,
    n.without = row.properties.without
