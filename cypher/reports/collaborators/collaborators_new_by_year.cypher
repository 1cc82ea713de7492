// New collaborators of an author, year by year
// about: A row is a collaborator in the year of their first shared paper; the window picks that year, earlier papers count for it. Whoever shares only papers without a year is in no row. A cut author list or a paper without a year may hide an earlier start.
// needs: facts
// backends: both
// param author: author -- author id
// param first_year: int = null [1000..2999] -- first year of the window, included
// param last_year: int = null [1000..2999] -- last year of the window, included
// param max_authors: int = 50 [2..20000] -- longest author list counted
// param limit: int = 100 [1..500] -- rows
// column year: int -- of their first shared paper that has a year
// column collaborator_id: str
// column collaborator: str
// column identity: str -- unverified: the name alone says who this is
// column paper_ids: list -- papers shared in that year, ascending
// column undated_papers: int -- papers shared that have no year; one may be earlier
// column earlier_cut_lists: int -- the author's papers of earlier years, of any length, that name only some of their authors; one may name this collaborator
MATCH (a:Author {id: $author})-[:AUTHORED]->(p:Paper)
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(other:Author)
WHERE other <> a
WITH a, other, p ORDER BY p.id
WITH a, other, min(p.year) AS year, collect(p) AS shared
WHERE year IS NOT NULL
  AND ($first_year IS NULL OR year >= $first_year) AND ($last_year IS NULL OR year <= $last_year)
WITH a, other, year, shared ORDER BY year, other.id LIMIT toInteger($limit)
RETURN year, other.id AS collaborator_id, other.name AS collaborator, other.identity AS identity,
       [p IN shared WHERE p.year = year | p.id] AS paper_ids,
       size([p IN shared WHERE p.year IS NULL]) AS undated_papers,
       COUNT {
         MATCH (a)-[:AUTHORED]->(cut:Paper)
         WHERE cut.year < year AND cut.authors_complete = false
       } AS earlier_cut_lists
ORDER BY year, collaborator_id
