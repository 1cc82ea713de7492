// Names that bear one of these keys: id, key, source, spellings, first mention, identifiers, author,
// and with whom papers align them
// The hint: a plan made while the database was nearly empty would look at every name for each key.
UNWIND $keys AS key
MATCH (n:Name {key: key})-[:NAME_OF]->(a:Author)
USING INDEX SEEK n:Name(key)
RETURN collect([
  n.id, n.key, n.source, n.variants, n.first_mention, n.identifiers, a.id,
  [(n)-[l:ALIGNED_WITH]-(:Name) | [startNode(l).id, endNode(l).id, l.paper]]
]) AS names
