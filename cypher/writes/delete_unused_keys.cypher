// Delete those of these keys that nothing has any more
UNWIND $ids AS id
MATCH (n:Key {id: id})
WHERE COUNT { (:Record)-[:HAS_KEY]->(n) } = 0 AND COUNT { (:Name)-[:BEARS]->(n) } = 0
DELETE n
