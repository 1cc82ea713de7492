// Papers with their authorships, a page of them by id, as columns
MATCH (p:Paper)
WHERE p.id > $after
WITH p
ORDER BY p.id
LIMIT $limit
OPTIONAL MATCH (p)<-[r:AUTHORED]-(a:Author)
WITH p, collect(a.id) AS authors,
     collect(CASE WHEN r IS NOT NULL THEN coalesce(r.position, 0) END) AS positions
ORDER BY p.id
RETURN collect(p.id) AS ids, collect(p.title) AS titles, collect(coalesce(p.date, '')) AS dates,
       collect(CASE p.authors_complete WHEN true THEN 1 WHEN false THEN 0 ELSE -1 END) AS complete,
       collect(authors) AS authors, collect(positions) AS positions
