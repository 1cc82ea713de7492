// Triads round an author: which collaborators publish with each other, and which do not
// about: A row is a pair of the author's collaborators. It is closed when the two share a counted paper; one with the author is enough, so look at papers_without_author too. Open pairs come first, those with most papers with the author on top. Of many collaborators only the max_collaborators with most papers are paired. Author lists may be cut (et al.): an open pair may be closed.
// needs: facts
// backends: both
// param author: author -- author id
// param closed: bool = null -- only closed pairs, or only open ones; absent: both
// param max_authors: int = 50 [2..20000] -- longest author list counted
// param max_collaborators: int = 100 [2..500] -- collaborators paired, those with most papers with the author
// param limit: int = 25 [1..500] -- rows
// column first_id: str -- the smaller id of the two
// column first: str
// column second_id: str
// column second: str
// column closed: bool -- the two share a paper
// column papers_together: int -- papers the two share, with the author or without
// column papers_without_author: int -- of these, papers without the author
// column first_papers: int -- papers of the first one with the author
// column second_papers: int -- papers of the second one with the author
// column cut_lists: int -- papers of either, of any length, that name only some of their authors; one may name the other
MATCH (a:Author {id: $author})-[:AUTHORED]->(p:Paper)
WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
MATCH (p)<-[:AUTHORED]-(other:Author)
WHERE other <> a
WITH a, other, count(p) AS papers
ORDER BY papers DESC, other.id LIMIT toInteger($max_collaborators)
WITH a, other, papers ORDER BY other.id
WITH a, collect(other) AS others, collect(papers) AS shared
UNWIND range(0, size(others) - 2) AS i
UNWIND range(i + 1, size(others) - 1) AS j
WITH a, others[i] AS first, shared[i] AS first_papers, others[j] AS second,
     shared[j] AS second_papers
CALL (a, first, second) {
  MATCH (first)-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(second)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  RETURN count(p) AS papers_together,
         sum(CASE WHEN EXISTS { (p)<-[:AUTHORED]-(a) } THEN 0 ELSE 1 END) AS papers_without_author
}
WITH first, second, first_papers, second_papers, papers_together, papers_without_author,
     papers_together > 0 AS closed
WHERE $closed IS NULL OR closed = $closed
WITH first, second, first_papers, second_papers, papers_together, papers_without_author, closed
ORDER BY CASE WHEN closed THEN 1 ELSE 0 END, first_papers + second_papers DESC, first.id, second.id
LIMIT toInteger($limit)
CALL (first, second) {
  UNWIND [first, second] AS either
  MATCH (either)-[:AUTHORED]->(cut:Paper)
  WHERE cut.authors_complete = false
  RETURN count(DISTINCT cut) AS cut_lists
}
RETURN first.id AS first_id, first.name AS first, second.id AS second_id, second.name AS second,
       closed, papers_together, papers_without_author, first_papers, second_papers, cut_lists
ORDER BY CASE WHEN closed THEN 1 ELSE 0 END, first_papers + second_papers DESC, first_id, second_id
