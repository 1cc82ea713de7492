// Authors, a page of them by id, as columns
MATCH (a:Author)
WHERE a.id > $after
WITH a
ORDER BY a.id
LIMIT $limit
RETURN collect(a.id) AS ids, collect(a.name) AS names, collect(a.identity) AS identities,
       collect(a.name_variants) AS variants
