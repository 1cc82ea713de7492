// Keep derived relationships that lose an end, each in place of the one of its id
UNWIND $rows AS row
MERGE (n:Aside {id: row.id})
SET n.type = row.properties.type,
    n.start = row.properties.start,
    n.end = row.properties.end,
    n.json = row.properties.json
