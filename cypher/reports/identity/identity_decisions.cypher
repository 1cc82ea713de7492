// The identity log: what was decided, and what of it is in force
// about: A row is a line of the log. An undo that is undone itself counts for nothing. A line in force has no effect where later facts stand against it, or where its names are gone.
// needs: facts
// backends: both
// param after: int = 0 [0..999999999] -- only lines of a larger number
// param limit: int = 100 [1..500] -- rows
// column decision_id: str
// column number: int
// column op: str -- same, different or undo
// column a: str -- a name, a mention, or the decision that an undo undoes
// column b: str? -- a name or a mention; absent for an undo
// column by: str
// column in_force: bool -- not undone
// column undone_by: str? -- decision id of the undo in force; the first, if there are several
// column status: str? -- what a same made of its names: applied, or blocked by what; absent: nothing
MATCH (d:Decision)
WITH d ORDER BY d.number DESC
WITH collect(d) AS log
WITH log, [d IN log WHERE d.op = 'undo'] AS undos
WITH log, undos,
     reduce(cancelled = [], u IN undos |
       CASE WHEN u.id IN cancelled THEN cancelled ELSE cancelled + [u.a] END) AS cancelled
UNWIND log AS d
WITH d, undos, cancelled
WHERE d.number > $after
OPTIONAL MATCH (:Name {id: d.a})-[join:SAME_AS {decision: d.id}]-(:Name {id: d.b})
RETURN d.id AS decision_id, d.number AS number, d.op AS op, d.a AS a, d.b AS b, d.by AS by,
       NOT d.id IN cancelled AS in_force,
       [u IN undos WHERE u.a = d.id AND NOT u.id IN cancelled | u.id][-1] AS undone_by,
       join.status AS status
ORDER BY number
LIMIT toInteger($limit)
