// Lock the facts for one transaction and say what they add up to
MATCH (s:Store {id: 'store'})
SET s.facts_sum = s.facts_sum
RETURN s.facts_sum AS facts_sum
