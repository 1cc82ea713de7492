// Sources that have records besides those given
UNWIND $sources AS source
MATCH (r:Record {source: source})
WHERE NOT r.id IN $besides
RETURN DISTINCT source
