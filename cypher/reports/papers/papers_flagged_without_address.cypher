// Papers that are said to have code, but name no repository
// about: A source flags the paper, and no address in its text or beside it is one that the loader knows (GitHub). Newest first; papers without a year come last.
// needs: facts
// backends: both
// param limit: int = 100 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column sources: list -- ids of the sources that list it
MATCH (p:Paper)
WHERE p.has_code = true AND NOT EXISTS { (p)-[:HAS_CODE]->(:Repo) }
RETURN p.id AS paper_id, p.title AS title, p.year AS year, p.sources AS sources
ORDER BY coalesce(year, 0) DESC, paper_id
LIMIT toInteger($limit)
