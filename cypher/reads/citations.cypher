// Citations of a page of citing papers by id, as columns; `ids` are the citing papers
MATCH (p:Paper)
WHERE p.id > $after
WITH p
ORDER BY p.id
LIMIT $limit
OPTIONAL MATCH (p)-[c:CITES]->(q:Paper)
WITH p, c, q
ORDER BY p.id, q.id
WITH p, collect(q.id) AS cited,
     collect(CASE WHEN c IS NOT NULL THEN coalesce(c.intent, '') END) AS intents,
     collect(CASE WHEN c IS NOT NULL THEN CASE c.influential WHEN true THEN 1 WHEN false THEN 0 ELSE -1 END END) AS influential,
     collect(CASE WHEN c IS NOT NULL THEN coalesce(c.in_text, -1) END) AS in_text
ORDER BY p.id
RETURN collect(p.id) AS ids, collect(cited) AS cited, collect(intents) AS intents,
       collect(influential) AS influential, collect(in_text) AS in_text
