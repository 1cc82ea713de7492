// Which topics the papers of a cluster name
// about: A row is a topic. Counted are papers of at least one member who is in no other cluster: who is in several, as the subject of a profile page, does not make a paper the cluster's. Topics are those that sources state. Author lists may be cut (et al.): papers and members are lower bounds.
// needs: derived
// backends: both
// param cluster: cluster -- cluster id
// param limit: int = 25 [1..500] -- rows
// column topic_id: str
// column topic: str
// column papers: int
// column members: int -- members on these papers, those of several clusters included
// column cut_lists: int -- of these papers, those that name only some of their authors
// column paper_ids: list -- the first twenty of them by id
MATCH (c:Cluster {id: $cluster})<-[:IN_CLUSTER]-(a:Author)
WHERE COUNT { (a)-[:IN_CLUSTER]->() } = 1
MATCH (a)-[:AUTHORED]->(p:Paper)
WITH DISTINCT c, p
MATCH (p)-[:HAS_TOPIC]->(x:Topic)
WITH c, x, p ORDER BY p.id
WITH c, x, collect(p) AS counted
CALL (c, counted) {
  UNWIND counted AS p
  MATCH (p)<-[:AUTHORED]-(member:Author)-[:IN_CLUSTER]->(c)
  RETURN count(DISTINCT member) AS members
}
RETURN x.id AS topic_id, x.name AS topic, size(counted) AS papers, members,
       size([p IN counted WHERE p.authors_complete = false]) AS cut_lists,
       [p IN counted[..20] | p.id] AS paper_ids
ORDER BY papers DESC, members DESC, topic_id
LIMIT toInteger($limit)
