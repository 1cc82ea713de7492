// Delete those of these references that no record makes any more
UNWIND $ids AS id
MATCH (n:Reference {id: id})
WHERE COUNT { (:Record)-[:REFERS_TO]->(n) } = 0
DELETE n
