// Records that refer to any of these records
MATCH (r:Record {citing: true})
WHERE any(cited IN r.cites WHERE cited IN $ids)
RETURN r.json AS json
