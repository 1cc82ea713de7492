// Methods by the year in which a paper introduced them
// about: A row is a method and a paper that introduces it. A method is a name that title or abstract seems to coin; two of one name are two where their papers share no author. Papers without a year come last; once a window is given, they are left out.
// needs: derived
// backends: both
// param first_year: int = null [1000..2999] -- first year counted
// param last_year: int = null [1000..2999] -- last year counted
// param limit: int = 100 [1..500] -- rows
// column year: int?
// column method_id: str
// column method: str
// column paper_id: str
// column title: str
// column how: str -- by what the name was found
// column strength: float -- how surely it is one, from 0.6 to 1
MATCH (m:Method)<-[i:INTRODUCES]-(p:Paper)
WHERE ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
RETURN p.year AS year, m.id AS method_id, m.name AS method, p.id AS paper_id, p.title AS title,
       i.how AS how, i.strength AS strength
ORDER BY coalesce(year, 9999), method_id, paper_id
LIMIT toInteger($limit)
