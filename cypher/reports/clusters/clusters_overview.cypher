// Clusters of authors, by number
// about: A row is a cluster that derive found among the ties, the cluster "other" of one-paper groups included. Labels are words that mark its papers out; where author lists are cut (et al.), clusters may be smaller and more than in truth.
// needs: derived
// backends: both
// param limit: int = 100 [1..500] -- rows
// column cluster_id: str
// column number: int
// column label: str? -- absent: nothing marks it out
// column size: int -- members
// column papers: int
// column first_year: int? -- absent: none of its papers has a year
// column last_year: int?
// column stability: float? -- from 0 to 1, how much of it is found again when papers are left out; absent: not computed
// column terms: list
// column methods: list -- names that its papers introduce
MATCH (c:Cluster)
RETURN c.id AS cluster_id, c.number AS number, c.label AS label, c.size AS size,
       c.papers AS papers, c.first_year AS first_year, c.last_year AS last_year,
       c.stability AS stability, coalesce(c.terms, []) AS terms, coalesce(c.methods, []) AS methods
ORDER BY number, cluster_id
LIMIT toInteger($limit)
