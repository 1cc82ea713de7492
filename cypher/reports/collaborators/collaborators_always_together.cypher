// Always together: pairs of authors neither of whom has a paper without the other
// about: A row is a pair whose papers, of any length, are the same. Pairs are left out when each of their papers has more than max_authors authors. Only the papers loaded are known, and a cut author list (et al.) may hide one of them on a further paper.
// needs: facts
// backends: both
// param min_papers: int = 2 [1..10000] -- fewest papers of a pair
// param max_authors: int = 50 [2..20000] -- longest list that their paper of fewest authors may have
// param limit: int = 25 [1..500] -- rows
// column a_id: str -- the smaller id of the two
// column a: str
// column b_id: str
// column b: str
// column papers: int -- papers of each, all shared
// column paper_ids: list -- ascending
// column cut_lists: int -- of these, papers that name only some of their authors
MATCH (a:Author)
WITH a, COUNT { (a)-[:AUTHORED]->() } AS papers
WHERE papers >= $min_papers
CALL (a) {
  MATCH (a)-[:AUTHORED]->(p:Paper)
  WITH p, COUNT { (p)<-[:AUTHORED]-() } AS authors
  WHERE authors <= $max_authors
  WITH p ORDER BY authors, p.id LIMIT 1
  RETURN p AS shortest
}
MATCH (shortest)<-[:AUTHORED]-(b:Author)
WHERE a.id < b.id AND COUNT { (b)-[:AUTHORED]->() } = papers
  AND COUNT { (a)-[:AUTHORED]->(:Paper)<-[:AUTHORED]-(b) } = papers
WITH a, b, papers
ORDER BY papers DESC, a.id, b.id LIMIT toInteger($limit)
CALL (a) {
  MATCH (a)-[:AUTHORED]->(p:Paper)
  WITH p ORDER BY p.id
  RETURN collect(p.id) AS paper_ids,
         sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut_lists
}
RETURN a.id AS a_id, a.name AS a, b.id AS b_id, b.name AS b, papers, paper_ids, cut_lists
ORDER BY papers DESC, a_id, b_id
