// Timeline of two authors: when they published together
// about: A row is a year in which they share papers, of any length; papers without a year come last, and are left out once a window is given. Equal ends give the author's own papers. Author lists may be cut (et al.): counts are lower bounds.
// needs: facts
// backends: both
// param source: author -- author id
// param target: author -- author id
// param first_year: int = null [1000..2999] -- first year of the window, included
// param last_year: int = null [1000..2999] -- last year of the window, included
// param limit: int = 100 [1..500] -- rows
// column year: int? -- absent: the papers without a year
// column papers: int -- papers both wrote
// column paper_ids: list -- ascending
// column titles: list -- in the same order
// column cut_lists: int -- of these, papers that name only some of their authors
MATCH (:Author {id: $source})-[:AUTHORED]->(p:Paper)
WHERE ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
  AND EXISTS { (p)<-[:AUTHORED]-(:Author {id: $target}) }
WITH p ORDER BY p.id
RETURN p.year AS year, count(p) AS papers, collect(p.id) AS paper_ids, collect(p.title) AS titles,
       sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut_lists
ORDER BY coalesce(year, 10000)
LIMIT toInteger($limit)
