// Who has ties into clusters other than their own
// about: A row is an author and a cluster in which collaborators of theirs are. A collaborator with whom they share any cluster does not count, so somebody in every cluster joins none. Authors without a cluster are left out; author lists may be cut (et al.): ties are lower bounds.
// needs: derived
// backends: both
// param limit: int = 25 [1..500] -- rows
// column author_id: str
// column author: str
// column identity: str -- unverified: the name alone says who this is
// column cluster_ids: list -- clusters that the author is in, ascending
// column other_cluster_id: str
// column other_cluster_label: str? -- absent: nothing marks it out
// column ties: int -- members of the other cluster tied to the author
// column neighbour_ids: list -- the first twenty of them by id
MATCH (m:Author)-[:IN_CLUSTER]->(c:Cluster)
WITH m, count(c) AS clusters WHERE clusters > 1
WITH collect(m) AS several
MATCH (own:Cluster)<-[:IN_CLUSTER]-(a:Author)-[:COAUTHORED]-(b:Author)-[:IN_CLUSTER]->(other:Cluster)
USING JOIN ON b
WHERE own <> other AND (NOT (a IN several OR b IN several) OR NOT EXISTS {
  (a)-[:IN_CLUSTER]->(c:Cluster) WHERE EXISTS { (b)-[:IN_CLUSTER]->(c) } })
WITH a, other, collect(DISTINCT b) AS found
WITH a, other, found, size(found) AS ties
ORDER BY ties DESC, a.id, other.id
LIMIT toInteger($limit)
CALL (found) {
  UNWIND found AS b
  WITH b ORDER BY b.id
  RETURN collect(b.id) AS ids
}
CALL (a) {
  MATCH (a)-[:IN_CLUSTER]->(own:Cluster)
  WITH own ORDER BY own.id
  RETURN collect(own.id) AS cluster_ids
}
RETURN a.id AS author_id, a.name AS author, a.identity AS identity, cluster_ids,
       other.id AS other_cluster_id, other.label AS other_cluster_label, ties,
       ids[..20] AS neighbour_ids
ORDER BY ties DESC, author_id, other_cluster_id
