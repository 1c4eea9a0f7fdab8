"""Reads a speech of the corpus; the marks are those of README.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

_MARK = re.compile(
    r"~(?P<filler>[^~]+)~|\((?P<pause>\d+(?:\.\d+)?)\)\s*|@(?P<pace>\d*)\s*"
    r"|\{(?P<open>[a-z-]+)(?: (?P<detail>[a-z]+))?:\s*|(?P<close>\})"
)
KINDS = frozenset(
    "hook signpost triad anaphora contrast question number call-back call".split()  # noqa: SIM905
)


class MarkupError(ValueError):
    """A speech that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words ``first`` to ``last`` (excluded) are a device, or a filler."""

    kind: str
    first: int
    last: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A speech. ``pauses`` are seconds by the index of the word they come before; ``paces`` are
    words a minute by the index of the word they begin with."""

    name: str
    title: str
    kind: str
    speaker: str
    objectives: tuple[str, ...]
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    words: tuple[str, ...]
    marks: tuple[Mark, ...]
    pauses: dict[int, float]
    paces: dict[int, float]

    def of(self, kind: str) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.kind == kind)

    def pace_at(self, index: int) -> float:
        return self.paces[max(first for first in self.paces if first <= index)]


def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))


def read(name: str) -> Script:
    return parse(name, (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Script:
    """The speech in ``text``.

    Raises:
        MarkupError: a field is missing, or a mark is not closed, not opened, or of no known kind.
    """
    head, line, body = text.partition("\n---\n")
    if not line:
        raise MarkupError(f"{name}: no line of three dashes below the fields")
    fields = dict(_fields(name, head))
    try:
        pace = float(fields["pace"])
        title, kind, speaker = fields["title"], fields["kind"], fields["speaker"]
        objectives = _listed(fields["objectives"], ";")
        strengths, weaknesses = _listed(fields["strengths"]), _listed(fields["weaknesses"])
    except KeyError as missing:
        raise MarkupError(f"{name}: the field {missing} is missing") from None
    plain, spans, pauses, paces = _marks(name, " ".join(body.split()), pace)
    words = tuple(re.finditer(r"\S+", plain))
    starts = [word.start() for word in words]
    ends = [word.end() for word in words]

    def place(at: int) -> int:
        """The first word that is not over at character ``at``."""
        return sum(end <= at for end in ends)

    marks = tuple(
        Mark(kind, place(first), sum(start < last for start in starts), detail)
        for kind, detail, first, last in spans
    )
    return Script(
        name=name,
        title=title,
        kind=kind,
        speaker=speaker,
        objectives=objectives,
        strengths=strengths,
        weaknesses=weaknesses,
        words=tuple(word[0] for word in words),
        marks=tuple(sorted(marks, key=lambda mark: (mark.first, -mark.last))),
        pauses={place(at): seconds for at, seconds in pauses},
        paces={place(at): rate for at, rate in paces},
    )


def _fields(name: str, head: str) -> Iterator[tuple[str, str]]:
    for line in head.splitlines():
        field, colon, value = line.partition(":")
        if not colon:
            raise MarkupError(f"{name}: no field in “{line}”")
        yield field.strip(), value.strip()


def _listed(value: str, mark: str = ",") -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(mark) if part.strip())


def _marks(
    name: str, body: str, pace: float
) -> tuple[str, list[tuple[str, str, int, int]], list[tuple[int, float]], list[tuple[int, float]]]:
    """The words alone, and each mark with the characters of them that it is on."""
    plain = ""
    spans: list[tuple[str, str, int, int]] = []
    pauses: list[tuple[int, float]] = []
    paces = [(0, pace)]
    opened: list[tuple[str, str, int]] = []
    at = 0
    for mark in _MARK.finditer(body):
        plain += body[at : mark.start()]
        at = mark.end()
        if mark["filler"]:
            spans.append(("filler", "", len(plain), len(plain) + len(mark["filler"])))
            plain += mark["filler"]
        elif mark["pause"]:
            pauses.append((len(plain), float(mark["pause"])))
        elif mark["open"]:
            if mark["open"] not in KINDS:
                raise MarkupError(f"{name}: there is no device called “{mark['open']}”")
            opened.append((mark["open"], mark["detail"] or "", len(plain)))
        elif mark["close"]:
            if not opened:
                raise MarkupError(f"{name}: “}}” without “{{” after “{plain[-30:]}”")
            kind, detail, first = opened.pop()
            spans.append((kind, detail, first, len(plain)))
        else:
            paces.append((len(plain), float(mark["pace"] or pace)))
    if opened:
        raise MarkupError(f"{name}: “{{{opened[-1][0]}:” is never closed")
    return plain + body[at:], spans, pauses, paces
