// Papers with references of which only some are given, and those of which no source says
MATCH (p:Paper)
WHERE p.references IS NOT NULL
RETURN count(CASE WHEN p.references_complete = false THEN 1 END) AS partial,
       count(CASE WHEN p.references_complete IS NULL THEN 1 END) AS unsaid
