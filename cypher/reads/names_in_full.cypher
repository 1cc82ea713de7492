// Names by id with their authors, and what says that two are one
UNWIND $ids AS id
MATCH (n:Name {id: id})-[r:NAME_OF]->(a:Author)
USING INDEX SEEK n:Name(id)
RETURN collect({
  name: properties(n),
  link: properties(r),
  author: properties(a),
  same_as: [(n)-[s:SAME_AS]->(other:Name) | {end: other.id, properties: properties(s)}]
}) AS names
