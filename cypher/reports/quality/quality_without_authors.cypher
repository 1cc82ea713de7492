// Papers whose authors nobody printed
// about: A row is a paper with no author, or with the subject of its page alone, who is an author though the page does not print the name there. Papers without any author come first.
// needs: facts
// backends: both
// param limit: int = 100 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column authors_listed: int -- 0, or the unprinted subjects
// column sources: list -- ids of the sources that list it
MATCH (p:Paper)
WHERE NOT EXISTS {
  MATCH (p)<-[listed:AUTHORED]-(:Author)
  WHERE listed.position IS NOT NULL
}
RETURN p.id AS paper_id, p.title AS title, p.year AS year,
       COUNT { (p)<-[:AUTHORED]-() } AS authors_listed, p.sources AS sources
ORDER BY authors_listed, paper_id
LIMIT toInteger($limit)
