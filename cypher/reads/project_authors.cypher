// Every author
MATCH (a:Author)
RETURN a.id AS id, a.name AS name, a.identity AS identity, a.name_variants AS variants
ORDER BY id
