// The keys of names
UNWIND $ids AS id
MATCH (n:Name {id: id})
USING INDEX SEEK n:Name(id)
RETURN DISTINCT n.key AS key
