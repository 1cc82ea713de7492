// The keys of names that bear one of these identifiers
UNWIND $ids AS id
MATCH (:Key {id: id})<-[:BEARS]-(n:Name)
RETURN DISTINCT n.key AS key
