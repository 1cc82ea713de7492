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
MATCH (a:Author)-[:IN_CLUSTER]->(own:Cluster)
WITH a, own ORDER BY own.id
WITH a, collect(own) AS owns
MATCH (a)-[:COAUTHORED]-(b:Author)
WHERE NOT EXISTS { (b)-[:IN_CLUSTER]->(c:Cluster) WHERE c IN owns }
MATCH (b)-[:IN_CLUSTER]->(other:Cluster)
WITH a, owns, other, b ORDER BY b.id
WITH a, owns, other, collect(b.id) AS ids
RETURN a.id AS author_id, a.name AS author, a.identity AS identity,
       [own IN owns | own.id] AS cluster_ids, other.id AS other_cluster_id,
       other.label AS other_cluster_label, size(ids) AS ties, ids[..20] AS neighbour_ids
ORDER BY ties DESC, author_id, other_cluster_id
LIMIT toInteger($limit)
