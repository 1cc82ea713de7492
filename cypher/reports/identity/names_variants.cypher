// Pairs of authors whose names may be one person's
// about: A row is a pair with equal family names and suffixes, where one given name begins with the other: an initial, or a short form. A name alone proves nothing: shared collaborators speak for one person, papers that name both for two. Names of one word are not compared.
// needs: facts
// backends: both
// param author: author = null -- only pairs with this author
// param max_authors: int = 50 [2..20000] -- longest author list counted for shared collaborators
// param limit: int = 25 [1..500] -- rows
// column a_id: str -- the smaller id
// column a: str
// column b_id: str
// column b: str
// column a_papers: int
// column b_papers: int
// column shared_collaborators: int -- others who wrote with each of them
// column together: int -- papers that name both
// column decisions: list -- of the log, on names of both, undone ones too, by number
MATCH (short:Name)-[:NAME_OF]->(x:Author)
WITH DISTINCT x, split(short.key, '.') AS part
WHERE part[1] <> ''
MATCH (long:Name)
WHERE long.key STARTS WITH part[0] + '.' + part[1]
  AND split(long.key, '.')[1] <> part[1]
  AND coalesce(split(long.key, '.')[2], '') = coalesce(part[2], '')
MATCH (long)-[:NAME_OF]->(y:Author)
WHERE x.id <> y.id AND ($author IS NULL OR $author IN [x.id, y.id])
WITH x, collect(DISTINCT y) AS others
CALL (x) {
  MATCH (x)-[:AUTHORED]->(p:Paper)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  MATCH (p)<-[:AUTHORED]-(c:Author)
  RETURN collect(DISTINCT c) AS circle
}
UNWIND others AS y
CALL (x, y, circle) {
  MATCH (y)-[:AUTHORED]->(p:Paper)
  WHERE COUNT { (p)<-[:AUTHORED]-() } <= $max_authors
  MATCH (p)<-[:AUTHORED]-(c:Author)
  WHERE c IN circle AND c.id <> x.id AND c.id <> y.id
  RETURN count(DISTINCT c) AS shared_collaborators
}
WITH DISTINCT CASE WHEN x.id < y.id THEN x ELSE y END AS a,
     CASE WHEN x.id < y.id THEN y ELSE x END AS b, shared_collaborators
ORDER BY shared_collaborators DESC, a.id, b.id
LIMIT toInteger($limit)
CALL (a, b) {
  MATCH (a)-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(b)
  RETURN count(DISTINCT p) AS together
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
RETURN a.id AS a_id, a.name AS a, b.id AS b_id, b.name AS b,
       COUNT { (a)-[:AUTHORED]->() } AS a_papers, COUNT { (b)-[:AUTHORED]->() } AS b_papers,
       shared_collaborators, together, decisions
ORDER BY shared_collaborators DESC, a_id, b_id
