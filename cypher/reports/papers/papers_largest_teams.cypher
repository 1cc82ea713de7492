// Papers of the most authors
// about: Counts the authors that are known; where the list is cut or may be, the team is larger. Papers of fewer than two known authors are no rows. Papers without a year are left out once a window is given.
// needs: facts
// backends: both
// param author: author = null -- only papers of this author
// param first_year: int = null [1000..2999] -- window, included
// param last_year: int = null [1000..2999] -- window, included
// param limit: int = 25 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column authors_listed: int -- an unprinted subject of the page included
// column complete: bool? -- false: the list is cut (et al.); absent: the source does not say
// column first_author_id: str? -- who is printed first
// column first_author: str?
// column first_author_identity: str? -- unverified: the name alone says who this is
MATCH (p:Paper)
WHERE ($author IS NULL OR EXISTS { (p)<-[:AUTHORED]-(:Author {id: $author}) })
  AND ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
WITH p, COUNT { (p)<-[:AUTHORED]-() } AS authors_listed
WHERE authors_listed >= 2
CALL (p) {
  OPTIONAL MATCH (p)<-[:AUTHORED {position: 1}]-(first:Author)
  RETURN first ORDER BY first.id LIMIT 1
}
RETURN p.id AS paper_id, p.title AS title, p.year AS year, authors_listed,
       p.authors_complete AS complete, first.id AS first_author_id,
       first.name AS first_author, first.identity AS first_author_identity
ORDER BY authors_listed DESC, paper_id
LIMIT toInteger($limit)
