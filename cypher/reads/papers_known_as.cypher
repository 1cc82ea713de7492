// Papers with a record of this id, or one that is found under this key
CALL () {
  MATCH (r:Record {id: $record}) RETURN r
  UNION
  MATCH (:Key {id: $key})<-[:HAS_KEY]-(r:Record) RETURN r
}
WITH r
WHERE r.paper IS NOT NULL
RETURN DISTINCT r.paper AS id
ORDER BY id
