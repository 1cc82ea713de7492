// The keys of names that bear one of these identifiers
UNWIND $ids AS id
MATCH (k:Key {id: id})<-[:BEARS]-(n:Name)
USING INDEX SEEK k:Key(id)
RETURN DISTINCT n.key AS key
