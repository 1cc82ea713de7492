// Sources that announce more papers than they list, or fewer
// about: A row is a source that says how many papers it has. What is missing is not known paper by paper: the text may be cut, or the page may show only some.
// needs: facts
// backends: both
// param limit: int = 100 [1..500] -- rows
// column source_id: str
// column label: str
// column announced: int
// column listed: int
// column missing: int -- announced and not listed; 0 where more are listed
MATCH (s:Source)
WHERE s.announced_papers IS NOT NULL
WITH s, s.announced_papers AS announced, COUNT { (s)<-[:LISTED_IN]-() } AS listed
RETURN s.id AS source_id, s.label AS label, announced, listed,
       CASE WHEN announced > listed THEN announced - listed ELSE 0 END AS missing
ORDER BY missing DESC, source_id
LIMIT toInteger($limit)
