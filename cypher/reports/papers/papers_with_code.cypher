// Papers that come with code, newest first
// about: A paper may be flagged by its source without an address, or name an address without a flag; both are rows.
// needs: facts
// backends: both
// param limit: int = 100 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column flagged: bool? -- the source says that there is code; absent: it does not say
// column repositories: list -- ids, ascending; empty when no address is known
MATCH (p:Paper)
WHERE p.has_code = true OR EXISTS { (p)-[:HAS_CODE]->(:Repo) }
OPTIONAL MATCH (p)-[:HAS_CODE]->(r:Repo)
WITH p, r ORDER BY r.id
WITH p, collect(r.id) AS repositories
RETURN p.id AS paper_id, p.title AS title, p.year AS year, p.has_code AS flagged, repositories
ORDER BY coalesce(year, 0) DESC, paper_id
LIMIT toInteger($limit)
