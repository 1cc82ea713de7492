// Which facts are held, and what was derived from which
OPTIONAL MATCH (s:Store {id: 'store'})
OPTIONAL MATCH (d:Derivation {id: 'derivation'})
RETURN s.schema_version AS schema_version, s.facts_revision AS facts_revision,
       properties(d) AS derivation
