// Repeated and one-time collaborators of an author, counted
// about: A row is an author; a collaborator is repeated with two shared papers or more. Author lists may be cut (et al.): counts are lower bounds, and who came once may have come twice.
// needs: facts
// backends: both
// param author: author = null -- author id; absent: all authors
// param min_papers: int = 1 [1..10000] -- fewest papers of an author in a row
// param max_authors: int = 50 [2..20000] -- longest author list counted
// param limit: int = 25 [1..500] -- rows
// column author_id: str
// column author: str
// column identity: str -- unverified: the name alone says who this is
// column papers: int -- papers counted, those of one author included
// column collaborators: int
// column repeated: int -- of these, with two shared papers or more
// column once: int -- of these, with one shared paper
// column cut_lists: int -- of the papers, those that name only some of their authors
MATCH (a:Author)
WHERE $author IS NULL OR a.id = $author
CALL (a) {
  MATCH (a)-[:AUTHORED]->(p:Paper)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  MATCH (p)<-[:AUTHORED]-(each:Author)
  WITH each, count(p) AS shared,
       sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut
  RETURN sum(CASE WHEN each = a THEN shared ELSE 0 END) AS papers,
         sum(CASE WHEN each = a THEN cut ELSE 0 END) AS cut_lists,
         sum(CASE WHEN each <> a THEN 1 ELSE 0 END) AS collaborators,
         sum(CASE WHEN each <> a AND shared >= 2 THEN 1 ELSE 0 END) AS repeated
}
WITH a, papers, cut_lists, collaborators, repeated
WHERE papers >= $min_papers
RETURN a.id AS author_id, a.name AS author, a.identity AS identity, papers, collaborators,
       repeated, collaborators - repeated AS once, cut_lists
ORDER BY collaborators DESC, author_id
LIMIT toInteger($limit)
