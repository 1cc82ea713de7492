// Papers with their authors and everything they link to
UNWIND $ids AS id
MATCH (p:Paper {id: id})
RETURN properties(p) AS paper,
       [(a:Author)-[r:AUTHORED]->(p) | {author: properties(a), link: properties(r)}] AS authors,
       [(p)-[r:AFFILIATED_WITH|HAS_CODE|HAS_TOPIC|LISTED_IN|PUBLISHED_IN]->(n) |
         {type: type(r), label: labels(n)[0], node: properties(n), link: properties(r)}] AS links,
       [(p)-[r:SAME_WORK_AS]-(q:Paper) | [q.id, r.rule]] AS same_works
