// Top collaborators: whom an author has published with most
// about: Counts shared papers of at most max_authors authors, so it answers before derive too. Author lists may be cut (et al.): counts are lower bounds.
// needs: facts
// backends: both
// param author: author -- author id, as in author:byron.ada
// param max_authors: int = 50 [2..20000] -- longest author list counted
// param limit: int = 25 [1..500] -- rows
// column collaborator_id: str
// column collaborator: str
// column identity: str -- unverified: the name alone says who this is
// column papers: int -- papers shared
// column cut_lists: int -- of these, papers that name only some of their authors
// column first_year: int? -- absent: none of them has a year
// column last_year: int?
MATCH (a:Author {id: $author})-[:AUTHORED]->(p:Paper)
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(other:Author)
WHERE other.id <> a.id
WITH other, count(p) AS papers,
     sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut_lists,
     min(p.year) AS first_year, max(p.year) AS last_year
RETURN other.id AS collaborator_id, other.name AS collaborator, other.identity AS identity,
       papers, cut_lists, first_year, last_year
ORDER BY papers DESC, collaborator_id
LIMIT toInteger($limit)
