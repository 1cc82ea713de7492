// How many references lead to no record of a paper
MATCH (r:Record {citing: true})
UNWIND r.cites AS cited
OPTIONAL MATCH (t:Record {id: 'record:' + cited})
WITH t
WHERE t IS NULL OR t.paper IS NULL
RETURN count(*) AS count
