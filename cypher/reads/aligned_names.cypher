// Names that a paper shows to be one person's with one of these
UNWIND $ids AS id
CALL (id) {
  MATCH (a:Name {id: id})-[r:ALIGNED_WITH]->(b:Name) RETURN a, r, b
  UNION
  MATCH (a:Name)-[r:ALIGNED_WITH]->(b:Name {id: id}) RETURN a, r, b
}
RETURN DISTINCT a.id AS start, b.id AS end, r.paper AS paper
