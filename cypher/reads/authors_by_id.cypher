// Authors with the names that make them, and why these are one, or are not
UNWIND $ids AS id
MATCH (a:Author {id: id})
RETURN properties(a) AS author,
       [(n:Name)-[r:NAME_OF]->(a) | {name: properties(n), link: properties(r)}] AS names,
       [(a)<-[:NAME_OF]-(m:Name)-[s:SAME_AS]-(:Name) |
         {start: startNode(s).id, end: endNode(s).id, link: properties(s)}] AS joins
