// Write sources, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Source {id: row.id})
SET n.kind = row.properties.kind,
    n.label = row.properties.label,
    n.announced_papers = row.properties.announced_papers,
    n.subject = row.properties.subject
