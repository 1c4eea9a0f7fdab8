"""What the roles' reports are written with: spoken durations, quotes, sections, scripts."""

import re
from collections.abc import Sequence

from evaluations.core.metrics import clock
from evaluations.core.prose import split_sentences
from evaluations.core.shapes import RoleReport, RoleResult, RoleSection, Word
from evaluations.core.tone import cleaned_text
from evaluations.evaluator.builtin.findings import in_words

MOST_SPOKEN_SENTENCES = 3
# What would end a quotation early, or be taken for markup where a report is pasted.
_MARKS = re.compile(r"[“”\"«»<>{}\[\]*_`#|\\]")


def at(seconds: float) -> str:
    """``M:SS`` for reports."""
    return clock(seconds)


def spoken_duration(seconds: float) -> str:
    """``seconds`` as one says them: "two minutes and four seconds"."""
    minutes, rest = divmod(round(seconds), 60)
    parts = []
    if minutes:
        parts.append("one minute" if minutes == 1 else f"{in_words(minutes)} minutes")
    if rest or not minutes:
        parts.append("one second" if rest == 1 else f"{in_words(rest)} seconds")
    return " and ".join(parts)


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number and its noun: ``one filler``, ``three fillers``."""
    return f"{in_words(number)} {singular if number == 1 else plural or singular + 's'}"


def quoted(text: str) -> str:
    """``text``, which somebody said, in quotation marks: one line, no markup, no last full stop."""
    said = " ".join(_MARKS.sub(" ", text).split()).rstrip(".,;:—–- ")
    return f"“{said}”"


def words_between(words: Sequence[Word], first: int, last: int) -> str:
    return " ".join(word.word for word in words[max(0, first) : last])


def closed(sentence: str) -> str:
    """``sentence`` with one mark at its end, whatever its last quotation ends in."""
    if sentence.endswith((".”", "?”", "!”", "…”")):
        return sentence
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def section(heading: str, *lines: str) -> RoleSection:
    """A section of lines, one below the other; none of them breaks a tone rule."""
    kept = (cleaned_text(closed(line)) for line in lines if line)
    return RoleSection(heading=heading, content="\n".join(line for line in kept if line))


def result(
    role_id: str, name: str, sections: Sequence[RoleSection], script: Sequence[str]
) -> RoleResult:
    """The result of a role: sections with something in them, and at most three spoken sentences."""
    sentences = split_sentences(" ".join(cleaned_text(closed(text)) for text in script if text))
    return RoleResult(
        role_id=role_id,
        role_name=name,
        report=RoleReport(
            title=f"{name}'s report",
            sections=tuple(part for part in sections if part.content),
        ),
        script=" ".join(sentences[:MOST_SPOKEN_SENTENCES]),
    )
