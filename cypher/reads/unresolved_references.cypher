// How many works papers refer to that no loaded paper is, each once for each paper
MATCH (n:Reference)
WITH n, substring(n.id, size('reference:')) AS to
WHERE NOT EXISTS { MATCH (t:Record {id: 'record:' + to}) WHERE t.paper IS NOT NULL }
  AND NOT EXISTS { MATCH (:Key {id: 'key:work:' + to})<-[:HAS_KEY]-(:Record) }
MATCH (n)<-[:REFERS_TO]-(r:Record)
RETURN count(DISTINCT [n.id, r.paper]) AS count
