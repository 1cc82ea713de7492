// How many references lead to no record of a paper
MATCH (n:Reference)
WHERE NOT EXISTS { MATCH (t:Record {id: 'record:' + substring(n.id, size('reference:'))}) WHERE t.paper IS NOT NULL }
RETURN coalesce(sum(COUNT { (n)<-[:REFERS_TO]-(:Record) }), 0) AS count
