// Papers without a date, or with one coarser than a day
// about: A paper without a date is in no window; one with a year alone cannot be ordered within it. Papers without a date come first, then those with a year alone.
// needs: facts
// backends: both
// param limit: int = 100 [1..500] -- rows
// column paper_id: str
// column title: str
// column year: int?
// column date_precision: str? -- year or month; absent: no date
// column sources: list -- ids of the sources that list it
MATCH (p:Paper)
WHERE p.date IS NULL OR p.date_precision <> 'day'
RETURN p.id AS paper_id, p.title AS title, p.year AS year, p.date_precision AS date_precision,
       p.sources AS sources
ORDER BY CASE date_precision WHEN 'year' THEN 1 WHEN 'month' THEN 2 ELSE 0 END, paper_id
LIMIT toInteger($limit)
