"""Rows of authors, their names, and their authorships.

Most authors bear one name in one spelling, and most lists of authors are of names in places: these
are written straight from what was gathered, the others by the functions of `store.fold`.
"""

from collections.abc import Iterator, Sequence

from graph_service.model.ids import source_id
from graph_service.model.schema import Edge
from graph_service.store.bulk_facts import OTHERWISE, WHOLE, Gathered
from graph_service.store.bulk_plain import author_row, authorship_row, name_row
from graph_service.store.bulk_resolving import People, Works, mention_id, unit_of
from graph_service.store.bulk_tasks import Numbers, Task, in_ranges
from graph_service.store.fold import author_node, authored_edges, join_edge, kept_paper, name_node
from graph_service.store.import_files import Part, edge_row, node_row
from graph_service.store.prepared import PERSON_KEY

AUTHORS_A_TASK = 20_000
LISTS_A_TASK = 20_000
WORKS_A_TASK = 5_000


class PeopleRows:
    """Writes the rows of people, task by task, in any order."""

    def __init__(
        self,
        gathered: Gathered,
        works: Works,
        people: People,
        numbers: Numbers,
        *,
        plainly: bool = True,
    ) -> None:
        """Begin.

        Args:
            gathered: The records.
            works: Which of them are one paper.
            people: Whose names are one author's.
            numbers: Of nodes.
            plainly: Write plain people and lists by the short way.
        """
        self._gathered = gathered
        self._works = works
        self._people = people
        self._numbers = numbers
        self._plainly = plainly
        self._unit_ids = list(gathered.units)
        self._authors = list(people.authors.items())
        borne = sorted({one for own in people.identifiers for one in own})
        self._person_keys = {one: number for number, one in enumerate(borne)}
        self._with_figures = {name for name, one in gathered.sources.items() if one.metrics}
        self._first_author = numbers.names + len(self._unit_ids)
        self._first_key = self._first_author + len(self._authors)
        self._author_numbers = [self._first_author + one for one in people.author_of]

    def tasks(self) -> list[Task]:
        """Everything there is to write, in parts of bounded size."""
        return [
            *in_ranges(self._write_lists, len(self._gathered.record_ids), LISTS_A_TASK),
            *in_ranges(self._write_special, len(self._works.works), WORKS_A_TASK),
            *in_ranges(self._write_authors, len(self._authors), AUTHORS_A_TASK),
            self._write_others,
        ]

    # -- authorships --------------------------------------------------------------------------

    def _write_lists(self, part: Part, first: int, last: int) -> None:
        """Write the authorships of papers that are of one record alone."""
        gathered, special = self._gathered, self._works.work_of
        start = gathered.mentions_end[first - 1] if first else 0
        ends = gathered.mentions_end[first:last].tolist()
        if not ends or ends[-1] == start:
            return
        # Lists of the whole range, which take less time than a slice of each record's.
        printed = gathered.mentions[start : ends[-1]].tolist()
        places = gathered.positions[start : ends[-1]].tolist()
        units = [gathered.unit_of_printed[one] for one in printed]
        authors = [self._author_numbers[unit] for unit in units]
        ids = [self._unit_ids[unit] for unit in units]
        spelt = [gathered.printed[one] for one in printed]
        rows = part.rows("AUTHORED")
        at = 0
        for record, end in enumerate(ends, first):
            begins, at = at, end - start
            if begins == at or record in special:
                continue
            said = gathered.author_lists[record]
            own = authors[begins:at]
            if said == OTHERWISE or not self._plainly or len(set(own)) < len(own):
                self._write_list(part, record, own, ids[begins:at])
                continue
            paper, record_id = self._numbers.papers + record, gathered.record_ids[record]
            final = max(places[begins:at]) if said == WHOLE else 0
            otherwise = "false" if said == WHOLE else ""
            for author, place, name, unit in zip(
                own, places[begins:at], spelt[begins:at], ids[begins:at], strict=True
            ):
                text = name if isinstance(name, str) else name[0]
                is_last = "true" if place == final else otherwise
                rows.append(authorship_row(author, paper, place, is_last, text, record_id, unit))

    def _write_list(
        self, part: Part, record: int, authors: Sequence[int], units: Sequence[str]
    ) -> None:
        """Write the authorships of a list that is not of plain names.

        Args:
            part: Where the rows go.
            record: Its number.
            authors: The number of the author of each mention.
            units: The id of the unit of each mention.
        """
        kept = kept_paper(self._gathered.spool.one(record))
        ids = [mention_id(kept.id, mention.position or 0) for mention in kept.mentions]
        edges = authored_edges(
            [kept],
            kept.id,
            dict(zip(ids, map(str, authors), strict=True)),
            dict(zip(ids, units, strict=True)),
        )
        self._write_authored(part, self._numbers.papers + record, edges)

    def _write_special(self, part: Part, first: int, last: int) -> None:
        """Write the authorships of papers that were resolved the whole way."""
        for special in self._works.works[first:last]:
            edges = authored_edges(
                [kept_paper(self._gathered.spool.one(number)) for number in special.records],
                special.id,
                {one: str(self._author_numbers[unit]) for one, unit in special.units.items()},
                {one: self._unit_ids[unit] for one, unit in special.units.items()},
            )
            number = self._numbers.paper_of(special.records[0], self._works)
            self._write_authored(part, number, edges)

    def _write_authored(self, part: Part, paper: int, edges: Iterator[Edge]) -> None:
        part.add(
            "AUTHORED", [edge_row(one.type, one.start, paper, one.properties) for one in edges]
        )

    # -- authors and names --------------------------------------------------------------------

    def _write_authors(self, part: Part, first: int, last: int) -> None:
        """Write authors, their names, and what the names are found by."""
        people, names_from = self._people, self._numbers.names
        keys, sources = self._gathered.unit_keys, self._gathered.unit_sources
        authors, names, of_author = part.rows("Author"), part.rows("Name"), part.rows("NAME_OF")
        for place, (author, members) in enumerate(
            self._authors[first:last], self._first_author + first
        ):
            if len(members) == 1 and self._is_plain_unit(unit := members[0]):
                (name,) = people.variants[unit]
                number = names_from + unit
                authors.append(author_row(place, author, name))
                names.append(
                    name_row(
                        *(number, self._unit_ids[unit], name, keys[unit].text),
                        *(source_id(sources[unit]), people.first_mentions[unit]),
                    )
                )
                of_author.append(f"{number}\x1f{place}\x1funverified\n")
            else:
                self._write_author(part, place, author, members)

    def _is_plain_unit(self, unit: int) -> bool:
        people = self._people
        return (
            self._plainly
            and len(people.variants[unit]) == 1
            and not people.identifiers[unit]
            and unit not in people.verified
            and self._gathered.unit_sources[unit] not in self._with_figures
            and people.variants[unit][0].isprintable()
        )

    def _write_author(self, part: Part, place: int, author: str, members: list[int]) -> None:
        gathered, people = self._gathered, self._people
        units = [unit_of(gathered, people, self._unit_ids, one) for one in members]
        verified = [self._unit_ids[one] for one in members if one in people.verified]
        node = author_node(author, units, verified, gathered.sources)
        part.add("Author", [node_row("Author", place, author, node.properties)])
        for number, unit in zip(members, units, strict=True):
            name = self._numbers.names + number
            part.add("Name", [node_row("Name", name, unit.id, name_node(unit).properties)])
            status = "verified" if number in people.verified else "unverified"
            part.add("NAME_OF", [f"{name}\x1f{place}\x1f{status}\n"])
            for one in people.identifiers[number]:
                person = self._first_key + self._person_keys[one]
                part.add("BEARS", [f"{name}\x1f{person}\n"])

    def _write_others(self, part: Part) -> None:
        """Write what is not of one author."""
        for key, number in self._person_keys.items():
            part.add("Key", [node_row("Key", self._first_key + number, PERSON_KEY + key, {})])
        units, names_from = self._gathered.units, self._numbers.names
        for edge in self._between_names():
            start, end = names_from + units[edge.start], names_from + units[edge.end]
            part.add(edge.type, [edge_row(edge.type, start, end, edge.properties)])

    def _between_names(self) -> Iterator[Edge]:
        """Relationships between names, each once by its key."""
        found = {edge.key: edge for edge in self._works.aligned}
        found |= {edge.key: edge for edge in map(join_edge, self._people.joins)}
        yield from found.values()
