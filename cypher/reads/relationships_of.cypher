// Relationships of one type that begin or end at these nodes
UNWIND $ids AS id
CALL (id) {
  MATCH (a:START_LABEL {id: id})-[r:TYPE]->(b:END_LABEL)
  USING INDEX SEEK a:START_LABEL(id)
  RETURN a, r, b
  UNION
  MATCH (a:START_LABEL)-[r:TYPE]->(b:END_LABEL {id: id})
  USING INDEX SEEK b:END_LABEL(id)
  RETURN a, r, b
}
RETURN DISTINCT a.id AS start, b.id AS end, properties(r) AS properties
