"""One finding and its quote, put into words: the parts that every style is told from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluations.core.evidence import Occurrence, quote_text
from evaluations.core.prose import chosen
from evaluations.core.shapes import Item
from evaluations.core.tone import violations
from evaluations.evaluator.builtin.advising import WEAKNESSES
from evaluations.evaluator.builtin.commending import STRENGTHS
from evaluations.evaluator.builtin.findings import Finding, Heard
from evaluations.evaluator.builtin.noticing import KEEPING, NOTICED
from evaluations.evaluator.builtin.objectives import objective_for
from evaluations.evaluator.builtin.weaknesses import trimmed

Chosen = tuple[Finding, Occurrence]
Kind = Literal["commendation", "recommendation"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What may be said of a finding.

    ``summary`` praises or advises, ``noticed`` only tells what was heard; for a commendation they
    are the same. ``attempt`` is one thing to try (empty for a commendation). ``action`` completes
    "next time, …". ``served`` names the objective that the finding speaks to, if any.
    """

    kind: Kind
    finding: Finding
    place: Occurrence
    facts: Mapping[str, str]
    quote: str
    summary: str
    noticed: str
    effect: str
    attempt: str
    action: str
    served: str


def remark(heard: Heard, kind: Kind, one: Chosen) -> Remark:
    finding, place = one
    quote = quote_text(heard.words, place)
    facts = _facts(heard, finding, place)
    name = _wording_name(kind, finding.kind, facts)
    praise = kind == "commendation"
    wording = (STRENGTHS if praise else WEAKNESSES)[name]
    summary = chosen(wording.summary, quote, "summary").format(**facts)
    attempt = chosen(wording.attempt, quote, "attempt") if wording.attempt else ""
    objective = objective_for(finding.kind, heard.brief.project.objectives)
    return Remark(
        kind=kind,
        finding=finding,
        place=place,
        facts=facts,
        quote=quote,
        summary=summary,
        noticed=summary if praise else NOTICED[name].format(**facts),
        effect=chosen(wording.effect, quote, "effect").format(**facts),
        attempt=attempt.format(**facts),
        action=(KEEPING[name] if praise else wording.next_time).format(**facts),
        served=f"That also serves what you set out to do: “{objective}”." if objective else "",
    )


def classic_item(remark: Remark) -> Item:
    return Item(
        type=remark.kind,
        summary=remark.summary,
        explanation=said((remark.effect, remark.attempt, remark.served)),
        evidence_quote=remark.quote,
        evidence_timestamp=round(remark.place.start, 2),
    )


def said(sentences: Sequence[str]) -> str:
    """``sentences`` in a row, without those that break the tone rules.

    Objectives and names are people's own words and may say what an evaluation does not.
    """
    return " ".join(sentence for sentence in sentences if sentence and not violations(sentence))


def _wording_name(kind: Kind, name: str, facts: Mapping[str, str]) -> str:
    """The wording for the facts there are."""
    if kind == "commendation":
        if name == "definite_words" and not facts.get("second"):
            return "plain_line"
        special = {"contrast": ("shared", "contrast_shared"), "triad": ("said", "triad_said")}
        if name in special and facts.get(special[name][0]):
            return special[name][1]
        return name
    if name == "fillers" and not facts["clean"]:
        return "fillers_alone"
    if name == "no_hook" and not facts["line"]:
        return "no_hook_topic" if facts["topic"] else "no_hook_plain"
    return name


def _facts(heard: Heard, finding: Finding, quote: Occurrence) -> dict[str, str]:
    first, last = quote.first, quote.last
    middle = first + max(3, (last - first) // 2)
    tail = max(first, last - 4)
    facts = {
        "when": heard.when(first),
        "chunk": heard.speech.said(*trimmed(heard, first, middle)).rstrip(".,;:!?"),
        "tail": heard.speech.said(tail, last).rstrip(".,;:!?"),
        **finding.facts,
    }
    if finding.kind == "definite_words":
        telling = heard.content(first, last, 2)
        in_order = sorted(telling, key=heard.tokens[first:last].index)
        facts |= dict(zip(("first", "second"), in_order, strict=False))
    when = facts["when"]
    return {**facts, "When": when[:1].upper() + when[1:]}
