// The papers that references lead to, by the id of a record or by an identifier
UNWIND $rows AS row
CALL (row) {
  MATCH (r:Record {id: row.id}) USING INDEX SEEK r:Record(id) RETURN r
  UNION
  MATCH (k:Key {id: row.key})<-[:HAS_KEY]-(r:Record) USING INDEX SEEK k:Key(id) RETURN r
}
WITH row, r
WHERE r.paper IS NOT NULL
RETURN row.name AS to, r.id AS record, r.paper AS paper
