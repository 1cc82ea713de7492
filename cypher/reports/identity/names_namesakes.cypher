// Authors of equal names who are kept apart
// about: A row is a pair of authors who bear equal names (but for case, accents and hyphens) and count as two people: one record names both, or a decision says so. One of them may have papers of the other. Many shared collaborators speak for one person, unless they wrote a paper together. Pairs of the most papers come first.
// needs: facts
// backends: both
// param max_authors: int = 50 [2..20000] -- longest author list counted for shared collaborators
// param limit: int = 25 [1..500] -- rows
// column a_id: str -- the smaller id
// column a: str
// column b_id: str
// column b: str
// column name_ids: list -- names and split-off mentions of both that are equal, ascending
// column kept_apart_by: list -- what blocked a join of the two, ascending; `split off`: a mention stands for itself, as two on one record do; empty: a third name came between
// column decisions: list -- of the log, on names of both, undone ones too, by number
// column a_papers: int
// column b_papers: int
// column together: int -- papers that name both
// column shared_collaborators: int -- others who wrote with each of them
MATCH (n:Name)-[:NAME_OF]->(author:Author)
WITH n.key AS key, collect(DISTINCT author) AS bearers
WHERE size(bearers) >= 2
UNWIND bearers AS a
UNWIND bearers AS b
WITH DISTINCT a, b
WHERE a.id < b.id
WITH a, b, COUNT { (a)-[:AUTHORED]->() } AS a_papers, COUNT { (b)-[:AUTHORED]->() } AS b_papers
ORDER BY a_papers + b_papers DESC, a.id, b.id
LIMIT toInteger($limit)
CALL (a, b) {
  MATCH (a)<-[:NAME_OF]-(m:Name)
  MATCH (b)<-[:NAME_OF]-(n:Name)
  WHERE m.key = n.key
  UNWIND [m.id, n.id] AS name_id
  WITH DISTINCT name_id ORDER BY name_id
  RETURN collect(name_id) AS name_ids
}
CALL (a, b) {
  MATCH (a)<-[:NAME_OF]-(:Name)-[join:SAME_AS]-(:Name)-[:NAME_OF]->(b)
  WITH DISTINCT join.status AS status ORDER BY status
  RETURN collect(status) AS blocks
}
CALL (a, b) {
  MATCH (a)<-[:NAME_OF]-(m:Name)
  WITH b, collect(m.id) AS left
  MATCH (b)<-[:NAME_OF]-(n:Name)
  WITH left, collect(n.id) AS right
  MATCH (d:Decision)
  WHERE (d.a IN left AND d.b IN right) OR (d.a IN right AND d.b IN left)
  WITH d ORDER BY d.number
  RETURN collect(d.id) AS decisions
}
CALL (a, b) {
  MATCH (a)-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(b)
  RETURN count(DISTINCT p) AS together
}
CALL (a, b) {
  MATCH (a)-[:AUTHORED]->(p:Paper)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  MATCH (p)<-[:AUTHORED]-(c:Author)
  WITH a, b, collect(DISTINCT c) AS circle
  MATCH (b)-[:AUTHORED]->(p:Paper)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  MATCH (p)<-[:AUTHORED]-(c:Author)
  WHERE c IN circle AND c.id <> a.id AND c.id <> b.id
  RETURN count(DISTINCT c) AS shared_collaborators
}
RETURN a.id AS a_id, a.name AS a, b.id AS b_id, b.name AS b, name_ids,
       blocks + CASE WHEN any(id IN name_ids WHERE id STARTS WITH 'mention:')
                THEN ['split off'] ELSE [] END AS kept_apart_by,
       decisions, a_papers, b_papers, together, shared_collaborators
ORDER BY a_papers + b_papers DESC, a_id, b_id
