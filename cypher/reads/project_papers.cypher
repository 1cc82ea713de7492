// Every paper with its authorships
MATCH (p:Paper)
RETURN p.id AS id, p.title AS title, p.date AS date, p.authors_complete AS complete,
       [(a:Author)-[r:AUTHORED]->(p) | [a.id, coalesce(r.position, 0)]] AS slots
ORDER BY id
