// Records that are found under one of these keys
UNWIND $ids AS id
MATCH (k:Key {id: id})<-[:HAS_KEY]-(r:Record)
USING INDEX SEEK k:Key(id)
RETURN DISTINCT r.id AS id
