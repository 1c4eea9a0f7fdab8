"""One finding and its quote, put into words: the parts that every style is told from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evaluations.core.evidence import Occurrence, quote_text
from evaluations.core.shapes import Item
from evaluations.core.tone import violations
from evaluations.evaluator.builtin.advising import WEAKNESSES
from evaluations.evaluator.builtin.commending import STRENGTHS
from evaluations.evaluator.builtin.facts import facts_of
from evaluations.evaluator.builtin.findings import Finding, Heard
from evaluations.evaluator.builtin.noticing import KEEPING, NOTICED
from evaluations.evaluator.builtin.objectives import objective_for
from evaluations.evaluator.builtin.wording import filled

BRIEF_SECONDS = 50
"""Within less, every word counts: the shortest wording, short quotes, no title."""

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
    facts = facts_of(heard, finding, place)
    name = _wording_name(kind, finding.kind, facts)
    praise = kind == "commendation"
    wording = (STRENGTHS if praise else WEAKNESSES)[name]
    summaries = wording.summary
    if heard.brief.time_limit_seconds < BRIEF_SECONDS:
        summaries = (min(summaries, key=len),)
    summary = filled(summaries, facts, quote, "summary")
    return Remark(
        kind=kind,
        finding=finding,
        place=place,
        facts=facts,
        quote=quote,
        summary=summary,
        noticed=summary if praise else NOTICED[name].format_map(facts),
        effect=filled(wording.effect, facts, quote, "effect"),
        attempt=filled(wording.attempt, facts, quote, "attempt") if wording.attempt else "",
        action=(KEEPING[name] if praise else wording.next_time).format_map(facts),
        served="",
    )


def serving(heard: Heard, remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """``remarks``, of which the first to speak to an objective of the speaker's says so."""
    told: list[Remark] = []
    taken: set[tuple[Kind, str]] = set()
    for one in remarks:
        objective = objective_for(one.finding.kind, heard.brief.project.objectives)
        # Each once, and one of a kind: more would be a form being filled in.
        if objective is None or any(
            objective == other or one.kind == kind for kind, other in taken
        ):
            told.append(one)
            continue
        taken.add((one.kind, objective))
        lead = "You set out to do this" if one.kind == "commendation" else "It serves your aim, too"
        told.append(replace(one, served=f"{lead}: “{objective}”."))
    return tuple(told)


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
        special = {
            "contrast": ("shared", "contrast_shared"),
            "triad": ("said", "triad_said"),
            "call_back": ("hook", "call_back_hook"),
        }
        if name in special and facts.get(special[name][0]):
            return special[name][1]
        return name
    if name == "fillers" and not facts["clean"]:
        return "fillers_alone"
    if name == "no_hook" and not facts["line"]:
        return "no_hook_topic" if facts["subject"] else "no_hook_plain"
    return name
