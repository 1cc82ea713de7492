// A page of records in id order
MATCH (r:Record)
WHERE r.id > $after
RETURN r.json AS json
ORDER BY r.id
LIMIT $limit
