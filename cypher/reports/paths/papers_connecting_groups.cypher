// Papers that join two groups of authors
// about: A row is a paper that names somebody of each group; an author in both groups is in both. Author lists may be cut (et al.): papers may be missing. Once a window is given, papers without a year are left out.
// needs: facts
// backends: both
// param left: authors -- author ids of one group
// param right: authors -- author ids of the other group
// param first_year: int = null [1000..2999] -- first year counted
// param last_year: int = null [1000..2999] -- last year counted
// param max_authors: int = 50 [2..20000] -- longest author list counted
// param limit: int = 25 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column left_ids: list -- authors of the left group, ascending
// column right_ids: list -- authors of the right group, ascending
// column complete: bool? -- whether all its authors are named; absent: its source does not say
MATCH (one:Author)-[:AUTHORED]->(p:Paper)
WHERE one.id IN $left
  AND ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
WITH p, one ORDER BY one.id
WITH p, collect(one.id) AS left_ids
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(other:Author)
WHERE other.id IN $right
WITH p, left_ids, other ORDER BY other.id
WITH p, left_ids, collect(other.id) AS right_ids
RETURN p.id AS paper_id, p.title AS title, p.year AS year, left_ids, right_ids,
       p.authors_complete AS complete
ORDER BY coalesce(year, 0) DESC, paper_id
LIMIT toInteger($limit)
