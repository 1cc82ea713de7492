// Papers that name only some of their authors (et al.)
// about: How many authors are missing is not known: counts, weights and distances over these papers are bounds. Papers whose source does not say whether the list is whole are no rows. Papers without a year come last, and are left out once a window is given.
// needs: facts
// backends: both
// param author: author = null -- only papers of this author
// param first_year: int = null [1000..2999] -- window, included
// param last_year: int = null [1000..2999] -- window, included
// param limit: int = 100 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column authors_listed: int -- authors known, an unprinted subject of the page included
// column last_position: int? -- the last place that is printed; absent: no name is printed
// column sources: list -- ids of the sources that list it
MATCH (p:Paper)
WHERE p.authors_complete = false
  AND ($author IS NULL OR EXISTS { (p)<-[:AUTHORED]-(:Author {id: $author}) })
  AND ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
OPTIONAL MATCH (p)<-[listed:AUTHORED]-(a:Author)
WITH p, count(DISTINCT a) AS authors_listed, max(listed.position) AS last_position
RETURN p.id AS paper_id, p.title AS title, p.year AS year, authors_listed, last_position,
       p.sources AS sources
ORDER BY coalesce(year, 0) DESC, paper_id
LIMIT toInteger($limit)
