// Write papers, each in place of the one of its id; a property not given is removed
UNWIND $rows AS row
MERGE (n:Paper {id: row.id})
SET n.title = row.properties.title,
    n.year = row.properties.year,
    n.date = row.properties.date,
    n.date_precision = row.properties.date_precision,
    n.venue = row.properties.venue,
    n.kind = row.properties.kind,
    n.abstract = row.properties.abstract,
    n.identifiers = row.properties.identifiers,
    n.authors_complete = row.properties.authors_complete,
    n.group_authors = row.properties.group_authors,
    n.has_code = row.properties.has_code,
    n.versions = row.properties.versions,
    n.references = row.properties.references,
    n.references_unidentified = row.properties.references_unidentified,
    n.references_complete = row.properties.references_complete,
    n.sources = row.properties.sources,
    n.records = row.properties.records,
    n.said_by = row.properties.said_by,
    n.joined_by = row.properties.joined_by
