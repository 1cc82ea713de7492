// State what the facts now add up to
MATCH (s:Store {id: 'store'})
SET s.facts_sum = $facts_sum, s.facts_revision = $facts_revision
