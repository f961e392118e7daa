"""Reads a lesson from Markdown. What does not fit is named with its line and left out; the rest stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from explorer.classes.errors import ClassError
from explorer.jobs.errors import text_of
from explorer.language import N_, Text, as_sentence, sentence
from explorer.lessons.blocks import Document, Heading, Row, document_of
from explorer.lessons.lesson import ALL, MOST_STEPS, OWN, PAGE, Fault, Lesson, OwnQuestion, ReadLesson, Step
from explorer.lessons.questions import own_question
from explorer.lessons.tables import PageTables, StepQuery

MOST_CHARACTERS, MOST_MINUTES = 40_000, 240
LONGEST_TITLE, LONGEST_ADDRESS, MOST_FAULTS = 120, 2_000, 100
SHOWN = 60
"""Characters of a text of the file in a message."""
COLUMNS: Mapping[str, str] = MappingProxyType(
    {"minutes": "minutes", "page": "page", "what to do": "task", "open controls": "controls", "question": "question"}
)
"""The columns of the table of steps, by heading; the order is free."""
NEEDED = ("page", "what to do")
PARTS: Mapping[str, str] = MappingProxyType(
    {"question": "question", "reveal": "reveal", "on paper": "paper", "for the teacher": "notes"}
)
"""Headings of the third level in a step's section that set a part of it apart."""
UNTITLED = N_("A lesson without a title")
NOTHING = ("", "-", "–", "—")
"""What an empty cell may hold."""


@dataclass
class _Reading:
    """A parse at work: the pages' tables, and the faults so far."""

    tables: PageTables
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, message: Text) -> None:
        """Notes what is not used."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, message))


def read_lesson(name: str, text: str, tables: PageTables) -> ReadLesson:
    """The lesson in a Markdown text, under the name that links give it, and every fault. Never raises."""
    reading = _Reading(tables)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if len(text) > MOST_CHARACTERS:
        told = sentence("the text is cut here, at {most:,} characters", most=MOST_CHARACTERS)
        reading.fault(text.count("\n", 0, MOST_CHARACTERS) + 1, told)
        text = text[:MOST_CHARACTERS]
    document = document_of(text)
    title, introduction = _opening(document, reading)
    steps = tuple(_steps(document, reading))
    faults = sorted(reading.faults, key=lambda fault: fault.line)
    return ReadLesson(Lesson(name, title, introduction, steps), tuple(faults))


def _opening(document: Document, reading: _Reading) -> tuple[str, str]:
    """The title, and the text between it and the table of steps."""
    top = next((heading for heading in document.headings if heading.level == 1), None)
    if top is None:
        reading.fault(1, N_("the title is missing: a line that begins with “# ”"))
        return UNTITLED, ""
    first = next((each.line for each in document.headings if each.line > top.line), len(document.lines) + 1)
    end = min(first, document.table_line or first)
    between = "\n".join(document.lines[top.body_line - 1 : end - 1])
    return top.text[:LONGEST_TITLE] or UNTITLED, without_pictures(between, top.body_line, reading)


def _steps(document: Document, reading: _Reading) -> list[Step]:
    sections = [heading for heading in document.headings if heading.level == 2]
    if not document.table:
        reading.fault(
            1, sentence("the table of steps is missing; its columns are {columns}", columns=", ".join(COLUMNS))
        )
        return []
    head, *rows = document.table
    columns = _columns(head, reading)
    if columns is None:
        return []
    for row in rows[MOST_STEPS : MOST_STEPS + 1]:
        told = sentence("a lesson has at most {most} steps; this row and those below it are left out", most=MOST_STEPS)
        reading.fault(row.line, told)
    rows = rows[:MOST_STEPS]
    for row in rows[len(sections) :]:
        reading.fault(
            row.line, N_("this row has no section: a heading that begins with “## ” for each row, in the same order")
        )
    for section in sections[len(rows) :]:
        reading.fault(section.line, N_("this section has no row in the table of steps"))
    return [_step(row, columns, section, reading) for row, section in zip(rows, sections, strict=False)]


def _columns(head: Row, reading: _Reading) -> Sequence[str] | None:
    """What each column of the table holds, empty for an unknown one; None where a needed one is missing."""
    names = [cell.casefold() for cell in head.cells]
    for name in names:
        if name not in COLUMNS:
            known = ", ".join(COLUMNS)
            told = sentence("unknown column {name}; the columns are {known}", name=shown(name), known=known)
            reading.fault(head.line, told)
    missing = [name for name in NEEDED if name not in names]
    if len(missing) > 1:
        told = sentence(
            "the table of steps has no column {one} and no column {other}", one=missing[0], other=missing[1]
        )
        reading.fault(head.line, told)
        return None
    if missing:
        reading.fault(head.line, sentence("the table of steps has no column {name}", name=missing[0]))
        return None
    return [COLUMNS.get(name, "") for name in names]


def _step(row: Row, columns: Sequence[str], section: Heading, reading: _Reading) -> Step:
    cells = {column: cell for column, cell in zip(columns, row.cells, strict=False) if column}
    page, query = _place(cells.get("page", ""), row.line, reading)
    parts = _parts(section, reading)
    written, line = parts["question"]
    own = _own_question(written, line, reading)
    asks = page is not None and reading.tables.asks(page, query)
    texts = {name: without_pictures(text, line, reading) for name, (text, line) in parts.items() if name != "question"}
    return Step(
        title=section.text[:LONGEST_TITLE] or cells.get("task", ""),
        minutes=_minutes(cells.get("minutes", ""), row.line, reading),
        task=cells.get("task", "")[:LONGEST_ADDRESS],
        page=page,
        query=query,
        controls=_controls(cells.get("controls", ""), page, query, row.line, reading),
        question=_question(cells.get("question", ""), written, own, asks, row.line, reading),
        own=own,
        **texts,
    )


def _own_question(source: str, line: int, reading: _Reading) -> OwnQuestion | None:
    if not source:
        return None
    try:
        return own_question(without_pictures(source, line, reading))
    except ClassError as error:
        reading.fault(line, sentence("this question is not used: {reason}", reason=as_sentence(text_of(error))))
        return None


def _minutes(cell: str, line: int, reading: _Reading) -> int:
    if cell in NOTHING:
        return 0
    if cell.isascii() and cell.isdigit() and len(cell) < 5 and int(cell) <= MOST_MINUTES:
        return int(cell)
    reading.fault(
        line, sentence("minutes: {value} is not a whole number from 0 to {most}", value=shown(cell), most=MOST_MINUTES)
    )
    return 0


def _place(cell: str, line: int, reading: _Reading) -> tuple[str | None, StepQuery]:
    """The page's path and query in the cell; no page where it is empty or unknown."""
    address = cell.strip("`<> ")
    if address in NOTHING:
        return None, {}
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
        query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        reading.fault(line, sentence("page: {address} is no address of a page", address=shown(address)))
        return None, {}
    page = parts.path.strip("/")
    if page not in reading.tables.pages():
        known = ", ".join(f"/{each}" for each in reading.tables.pages())
        told = sentence(
            "page: there is no page {page} for a step; the pages are {known}", page=shown("/" + page), known=known
        )
        reading.fault(line, told)
        return None, {}
    fitting, messages = reading.tables.read(page, {name: tuple(texts) for name, texts in query.items()})
    for message in messages:
        reading.fault(line, sentence("page: {message}", message=message))
    return page, fitting


def _controls(cell: str, page: str | None, query: StepQuery, line: int, reading: _Reading) -> tuple[str, ...]:
    names = list(dict.fromkeys(cell.replace("`", " ").replace(",", " ").split()))
    names = [name for name in names if name not in NOTHING]
    if ALL in names:
        return (ALL,)
    if page is None or not names:
        return ()
    known = reading.tables.controls(page, query)
    for name in names:
        if name not in known:
            reading.fault(line, sentence("open controls: this page has no control {name}", name=shown(name)))
    return tuple(name for name in names if name in known)


def _question(cell: str, written: str, own: OwnQuestion | None, asks: bool, line: int, reading: _Reading) -> str:
    """Which question the step asks: the one that the cell names, or else the one of its section."""
    name = cell.strip("` ")
    if name == PAGE and asks:
        return PAGE
    if name == PAGE:
        reading.fault(line, N_("question: this page asks no question at this address"))
    elif name == OWN and not written:
        reading.fault(line, N_("question: the step's section has no part “### Question”"))
    elif name not in (OWN, *NOTHING):
        told = sentence(
            "question: unknown question {name}; write {page}, {own} or nothing", name=shown(name), page=PAGE, own=OWN
        )
        reading.fault(line, told)
    return OWN if own else ""


def _parts(section: Heading, reading: _Reading) -> dict[str, tuple[str, int]]:
    """The text of each part of a section, with its line; headings of other names stay in the text around them."""
    parts: dict[str, tuple[str, int]] = dict.fromkeys(("text", *PARTS.values()), ("", 0))
    current, first, lines = "text", section.body_line, section.body.split("\n")
    kept: list[str] = []

    def close() -> None:
        before, line = parts[current]
        empty = next((place for place, text in enumerate(kept) if text.strip()), 0)
        parts[current] = ("\n\n".join(filter(None, (before, "\n".join(kept).strip()))), line or first + empty)

    inner = {each.line: each for each in document_of(section.body).headings if each.level == 3}
    for number, text in enumerate(lines, 1):
        heading = inner.get(number)
        part = PARTS.get(heading.text.casefold()) if heading else None
        if part:
            close()
            current, first, kept = part, section.body_line + number, []
        else:
            kept.append(text)
    close()
    return parts


def without_pictures(text: str, line: int, reading: _Reading) -> str:
    """The text with pictures as plain links: a page fetches nothing from other servers."""
    if "![" in text:
        reading.fault(line + text[: text.index("![")].count("\n"), N_("pictures are not shown, only the links to them"))
    return text.replace("![", "[").strip()


def shown(text: str) -> str:
    """A text of the file in a message, cut to a readable length."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
