// Keep the derived ties of authors who are about to vanish; they may come back with an undo
UNWIND $ids AS id
MATCH (:Author {id: id})-[r:COAUTHORED]-(:Author)
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
MERGE (t:TieAside {id: a.id + ' ' + b.id})
SET t += properties(r), t.a = a.id, t.b = b.id
