// Two steps away: authors who share collaborators with an author, but no paper
// about: A row is another author two hops away. Whoever shares a paper with the author, of any length, is left out. Author lists may be cut (et al.): a shared paper may be hidden. Ids unverified: someone who shares many collaborators but no paper may also be the same author under another name.
// needs: facts
// backends: both
// param author: author -- author id
// param max_authors: int = 50 [2..20000] -- longest author list that makes a collaborator
// param limit: int = 25 [1..500] -- rows
// column other_id: str
// column other: str
// column identity: str -- unverified: the name alone says who this is
// column shared_collaborators: int -- authors who share a paper with each of the two
// column shared_ids: list -- their ids, ascending
// column last_year: int? -- of the other's papers with one of them; absent: none has a year
// column cut_lists: int -- papers of either, of any length, that name only some of their authors; one may name the other
MATCH (a:Author {id: $author})-[:AUTHORED]->(p:Paper)
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(shared:Author)
WHERE shared <> a
WITH DISTINCT a, shared
MATCH (shared)-[:AUTHORED]->(p:Paper)
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(other:Author)
WHERE other <> a AND other <> shared
WITH a, other, shared, max(p.year) AS last_year
ORDER BY shared.id
WITH a, other, collect(shared.id) AS shared_ids, max(last_year) AS last_year
WHERE NOT EXISTS {
  MATCH (other)-[:AUTHORED]->(p:Paper)
  WHERE EXISTS { (p)<-[:AUTHORED]-(a) }
}
WITH a, other, shared_ids, last_year
ORDER BY size(shared_ids) DESC, other.id LIMIT toInteger($limit)
CALL (a, other) {
  UNWIND [a, other] AS either
  MATCH (either)-[:AUTHORED]->(cut:Paper)
  WHERE cut.authors_complete = false
  RETURN count(DISTINCT cut) AS cut_lists
}
RETURN other.id AS other_id, other.name AS other, other.identity AS identity,
       size(shared_ids) AS shared_collaborators, shared_ids, last_year, cut_lists
ORDER BY shared_collaborators DESC, other_id
