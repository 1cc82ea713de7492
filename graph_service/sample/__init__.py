"""The packaged sample for `coauthor-graph demo`: one author's profile page, as people copy it.

Titles, authors, dates and repositories are real; the abstracts are summaries in our own words.
"""
