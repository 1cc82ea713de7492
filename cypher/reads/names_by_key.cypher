// Names that bear one of these keys, with their authors, and what says that two are one
// The hint: a plan made while the database was nearly empty would look at every name for each key.
UNWIND $keys AS key
MATCH (n:Name {key: key})-[r:NAME_OF]->(a:Author)
USING INDEX SEEK n:Name(key)
RETURN collect({
  name: properties(n),
  link: properties(r),
  author: properties(a),
  same_as: [(n)-[s:SAME_AS]->(other:Name) | {end: other.id, properties: properties(s)}],
  aligned: [(n)-[l:ALIGNED_WITH]-(other:Name) |
    {start: startNode(l).id, end: endNode(l).id, paper: l.paper}]
}) AS names
