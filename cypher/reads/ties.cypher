// Every derived tie
MATCH (a:Author)-[r:COAUTHORED]->(b:Author)
WITH a, collect([b.id, r.papers, r.weight, r.first_year, r.last_year]) AS ties
RETURN a.id AS a, ties
