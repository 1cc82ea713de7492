// Who is in a cluster
// about: A row is a member; those with the greatest share and most ties to other members come first. Author lists may be cut (et al.) and long ones make no ties: papers and ties are lower bounds.
// needs: derived
// backends: both
// param cluster: cluster -- cluster id
// param limit: int = 100 [1..500] -- rows
// column author_id: str
// column author: str
// column identity: str -- unverified: the name alone says who this is
// column share: float
// column clusters: int -- clusters that this author is in
// column papers: int -- papers of this author, in the cluster or not
// column ties_inside: int -- other members tied to this one
MATCH (c:Cluster {id: $cluster})<-[membership:IN_CLUSTER]-(a:Author)
RETURN a.id AS author_id, a.name AS author, a.identity AS identity, membership.share AS share,
       COUNT { (a)-[:IN_CLUSTER]->() } AS clusters,
       COUNT { (a)-[:AUTHORED]->() } AS papers,
       COUNT { (a)-[:COAUTHORED]-(:Author)-[:IN_CLUSTER]->(c) } AS ties_inside
ORDER BY share DESC, ties_inside DESC, author_id
LIMIT toInteger($limit)
