// Sources that have records besides those given; the ids of their records begin with them
UNWIND $sources AS source
WITH source
WHERE EXISTS {
  UNWIND ['record:' + source + ':', 'record:person:' + source + ':', 'record:source:' + source]
    AS beginning
  MATCH (r:Record)
  WHERE r.id STARTS WITH beginning AND r.source = source AND NOT r.id IN $besides
  RETURN r
}
RETURN source
