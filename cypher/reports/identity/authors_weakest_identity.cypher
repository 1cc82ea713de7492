// Authors who rest on joined names, the weakest first
// about: A row is an author of several names, of several sources or joined by decisions. First those whom only a rule joins (equal names), who may be several people; then those with decisions of the log; in each, those of more names first. Authors of one name are no rows, and may be several people too.
// needs: facts
// backends: both
// param limit: int = 25 [1..500] -- rows
// column author_id: str
// column author: str
// column identity: str -- unverified: for some of the names no decision says who this is
// column names: int -- names of a source, and mentions split off
// column rules: list -- that joined them, ascending; user: a decision
// column decisions: list -- ids of the decisions that joined them, by number
// column blocked: int -- further joins of these names that were not made
// column papers: int
MATCH (a:Author)
WITH a, COUNT { (a)<-[:NAME_OF]-() } AS names
WHERE names >= 2
CALL (a) {
  MATCH (a)<-[:NAME_OF]-(:Name)-[join:SAME_AS {status: 'applied'}]->(:Name)
  WITH DISTINCT join.rule AS rule ORDER BY rule
  RETURN collect(rule) AS rules
}
CALL (a) {
  MATCH (a)<-[:NAME_OF]-(:Name)-[join:SAME_AS {status: 'applied'}]->(:Name)
  WITH DISTINCT join.decision AS decision ORDER BY toInteger(split(decision, ':')[1])
  RETURN collect(decision) AS decisions
}
CALL (a) {
  MATCH (a)<-[:NAME_OF]-(:Name)-[join:SAME_AS]-(:Name)
  WHERE join.status <> 'applied'
  RETURN count(DISTINCT join) AS blocked
}
RETURN a.id AS author_id, a.name AS author, a.identity AS identity, names, rules, decisions,
       blocked, COUNT { (a)-[:AUTHORED]->() } AS papers
ORDER BY CASE WHEN size(decisions) = 0 THEN 0 ELSE 1 END, names DESC, author_id
LIMIT toInteger($limit)
