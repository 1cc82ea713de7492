// The keys of names
UNWIND $ids AS id
MATCH (n:Name {id: id})
RETURN DISTINCT n.key AS key
