// Records that are found under one of these keys
UNWIND $ids AS id
MATCH (:Key {id: id})<-[:HAS_KEY]-(r:Record)
RETURN DISTINCT r.id AS id
