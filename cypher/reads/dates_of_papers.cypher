// When papers are from, as printed; empty where no source says
UNWIND $ids AS id
MATCH (p:Paper {id: id})
RETURN p.id AS id, coalesce(p.date, '') AS date
