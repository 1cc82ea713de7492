// What is missing or doubtful, and how often
// about: A row is one kind of doubt; the rows are always the same, a count of 0 is good news. A paper or author may be in several. `report` names the report that lists them.
// needs: facts
// backends: both
// param max_authors: int = 50 [2..20000] -- longest author list that makes ties
// column number: int
// column code: str
// column label: str -- what is counted: Source, Paper or Author
// column affected: int
// column of_all: int -- nodes of this label
// column report: str? -- absent: no report lists them
CALL () {
  MATCH (s:Source)
  WITH s.announced_papers AS announced, COUNT { (s)<-[:LISTED_IN]-() } AS listed
  WITH count(*) AS sources, count(CASE WHEN announced > listed THEN 1 END) AS missing
  RETURN [
    [1, 'announced-not-listed', 'Source', missing, sources, 'quality_announced_and_listed']
  ] AS rows
  UNION ALL
  MATCH (p:Paper)
  WITH p, COUNT { (p)<-[:AUTHORED]-() } AS listed,
       EXISTS { MATCH (p)<-[slot:AUTHORED]-() WHERE slot.position IS NULL } AS unprinted,
       EXISTS { (p)-[:SAME_WORK_AS]-() } AS twice,
       p.has_code = true AND NOT EXISTS { (p)-[:HAS_CODE]->() } AS flagged
  WITH count(p) AS papers,
       count(CASE WHEN p.authors_complete = false THEN 1 END) AS cut,
       count(CASE WHEN p.authors_complete IS NULL THEN 1 END) AS unknown,
       count(CASE WHEN listed = 0 THEN 1 END) AS nobody,
       count(CASE WHEN unprinted THEN 1 END) AS subject,
       count(p.references_unidentified) AS unidentified,
       count(CASE WHEN twice THEN 1 END) AS twice,
       count(CASE WHEN p.date IS NULL THEN 1 END) AS undated,
       count(CASE WHEN p.date_precision <> 'day' THEN 1 END) AS coarse,
       count(CASE WHEN listed > $max_authors THEN 1 END) AS capped,
       count(CASE WHEN flagged THEN 1 END) AS no_address
  RETURN [
    [2, 'cut-author-lists', 'Paper', cut, papers, 'papers_with_cut_lists'],
    [3, 'unknown-author-lists', 'Paper', unknown, papers, null],
    [4, 'no-authors', 'Paper', nobody, papers, 'quality_without_authors'],
    [5, 'unprinted-subject', 'Paper', subject, papers, null],
    [6, 'unidentified-references', 'Paper', unidentified, papers, null],
    [7, 'same-works', 'Paper', twice, papers, null],
    [8, 'no-date', 'Paper', undated, papers, 'quality_missing_dates'],
    [9, 'coarse-date', 'Paper', coarse, papers, 'quality_missing_dates'],
    [10, 'capped-papers', 'Paper', capped, papers, 'papers_largest_teams'],
    [11, 'code-without-address', 'Paper', no_address, papers, 'papers_flagged_without_address']
  ] AS rows
  UNION ALL
  MATCH (a:Author)
  WITH count(a) AS authors,
       count(CASE WHEN a.identity = 'unverified' THEN 1 END) AS unverified,
       count(CASE WHEN a.id CONTAINS '~' THEN 1 END) AS namesakes
  RETURN [
    [12, 'unverified-identity', 'Author', unverified, authors, null],
    [13, 'namesakes', 'Author', namesakes, authors, 'names_namesakes']
  ] AS rows
}
UNWIND rows AS row
RETURN row[0] AS number, row[1] AS code, row[2] AS label, row[3] AS affected, row[4] AS of_all,
       row[5] AS report
ORDER BY number
