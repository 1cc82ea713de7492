// Write repositories, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Repo {id: row.id})
SET n.name = row.properties.name,
    n.url = row.properties.url
