// What was kept of the derived relationships of nodes that are there again
UNWIND $ids AS id
CALL (id) {
  MATCH (n:Aside {start: id}) RETURN n
  UNION
  MATCH (n:Aside {end: id}) RETURN n
}
RETURN DISTINCT n.id AS id, n.type AS type, n.start AS start, n.end AS end, n.json AS json
