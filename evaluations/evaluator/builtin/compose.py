"""From findings to an evaluation: which are said, with which quote, in which words."""

from collections.abc import Callable, Sequence
from typing import Literal

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import FEWEST_COMMENDATIONS, MOST_TOKENS, SUREST, Occurrence
from evaluations.core.metrics import Metrics
from evaluations.core.prose import chosen
from evaluations.core.shapes import Brief, Evaluation, StructureCommentary, Transcript
from evaluations.core.structure import HOOKS
from evaluations.core.styles import MICRO_FOCUS, Style, style_of
from evaluations.core.styling import restyled
from evaluations.core.tone import violations
from evaluations.evaluator.builtin.findings import Finding, Heard, in_words
from evaluations.evaluator.builtin.notes import directed
from evaluations.evaluator.builtin.noticing import AREAS
from evaluations.evaluator.builtin.objectives import objective_for
from evaluations.evaluator.builtin.remarks import (
    BRIEF_SECONDS,
    Chosen,
    Remark,
    classic_item,
    remark,
    serving,
)
from evaluations.evaluator.builtin.strengths import strengths
from evaluations.evaluator.builtin.telling import style_items
from evaluations.evaluator.builtin.weaknesses import weaknesses

_OBJECTIVE_BONUS = 4.0
_DOUBT = 5.0
# A second recommendation is given only for something that was really found.
_SECOND_RECOMMENDATION = 4.5
_THIRD_COMMENDATION = 2.3
# Within less, a third thing that was done well is worth more than a second thing to change.
_ROOM_FOR_TWO_SECONDS = 150
_TITLE_WORDS = 8
_BRIEF_QUOTE = 8


def compose(
    brief: Brief, transcript: Transcript, metrics: Metrics, form: Literal["short", "full"]
) -> Evaluation:
    """The evaluation of a speech of 20 words or more; every quote passes the evidence rule.

    Raises:
        ValueError: there is no style called ``brief.style``.
    """
    style = style_of(brief.style)
    heard = Heard(brief, spoken_words(transcript), metrics)
    careful = metrics.quality_warning is not None
    most = (style.commendations, style.recommendations)
    counts = (1, 1) if form == "short" else (2, 1) if careful else most
    sort = _area if style.id == "holistic" else _family
    used: list[tuple[int, int]] = []
    strong = directed(heard, strengths(heard), "commendation")
    weak = directed(heard, weaknesses(heard), "recommendation")
    praise: list[Chosen] = []
    advice: list[Chosen] = []
    # Who has more to say chooses its quote first.
    lists = sorted(((strong, praise), (weak, advice)), key=lambda pair: -_top(pair[0]))
    for found, into in lists:
        into.extend(_select(heard, found, 1, used))
    if counts[0] > 1:
        said = {sort(finding) for finding, _ in praise}
        more = [finding for finding in strong if sort(finding) not in said]
        praise += _select(heard, more, counts[0] - 1, used, sort=sort)
        if len(praise) < FEWEST_COMMENDATIONS:
            praise += _select(heard, strong, 1, used)
    if counts[1] > 1 and brief.time_limit_seconds >= _ROOM_FOR_TWO_SECONDS:
        taken = {finding.kind for finding, _ in advice}
        rest = [
            finding
            for finding in weak
            if finding.kind not in taken and finding.weight >= _SECOND_RECOMMENDATION
        ]
        advice += _select(heard, rest, 1, used, fewest=0)
    if len(praise) > 2 and praise[2][0].weight < _THIRD_COMMENDATION:
        praise = praise[:2]
    remarks = serving(
        heard,
        [
            *(remark(heard, "commendation", one) for one in praise),
            *(remark(heard, "recommendation", one) for one in advice),
        ],
    )
    evaluation = Evaluation(
        opening=_opening(heard, careful=careful),
        items=tuple(classic_item(one) for one in remarks),
        closing=_closing(heard, remarks[len(praise)], style),
        structure_commentary=_structure(heard, praise, form, careful=careful),
        evaluation_style=style.id,
    )
    if not style.fields:
        return evaluation
    told = style_items(heard, style, remarks, brief=_is_brief(brief))
    return restyled(evaluation, style, told)


def _select(
    heard: Heard,
    found: Sequence[Finding],
    most: int,
    used: list[tuple[int, int]],
    fewest: int = 1,
    sort: Callable[[Finding], str] | None = None,
) -> list[Chosen]:
    """The heaviest findings of different sorts (families) whose quotes do not overlap.

    A finding whose best quote was heard with doubt gives way to one that was heard well. At least
    ``fewest`` are picked.
    """
    sort = sort or _family
    weighed = sorted(
        (_weighed(heard, finding) for finding in found),
        key=lambda finding: (-finding.weight, finding.first),
    )
    picked: list[Chosen] = []
    # Only where a speech gives too little may a kind come twice, and at last a quote overlap.
    for avoid, wanted, distinct in ((used, most, True), (used, fewest, False), ((), fewest, False)):
        for finding in weighed:
            if len(picked) >= wanted:
                break
            if distinct and any(sort(finding) == sort(other) for other, _ in picked):
                continue
            quote = _quote(heard, finding, avoid)
            if quote is None or (distinct and not _shows(quote, finding)):
                continue
            if all(quote != other for _, other in picked):
                picked.append((finding, quote))
                used.append((quote.first, quote.last))
    return picked


def _top(found: Sequence[Finding]) -> float:
    return max(finding.weight for finding in found)


def _quote(
    heard: Heard, finding: Finding, avoid: Sequence[tuple[int, int]] = ()
) -> Occurrence | None:
    most = _BRIEF_QUOTE if _is_brief(heard.brief) else MOST_TOKENS
    return heard.quote(finding.first, finding.last, avoid, most)


def _shows(quote: Occurrence, finding: Finding) -> bool:
    """Whether a quote that had to make room for another still has what it is quoted for."""
    shared = min(quote.last, finding.last) - max(quote.first, finding.first)
    return 2 * shared >= min(finding.last - finding.first, MOST_TOKENS)


def _is_brief(brief: Brief) -> bool:
    """Whether every word counts: the opening leaves out the title, and quotes are short."""
    return brief.time_limit_seconds < BRIEF_SECONDS


def _weighed(heard: Heard, finding: Finding) -> Finding:
    more = _OBJECTIVE_BONUS if objective_for(finding.kind, heard.brief.project.objectives) else 0
    quote = _quote(heard, finding)
    doubtful = quote is None or heard.confidence(quote.first, quote.last) < SUREST
    return finding.weighing(more - _DOUBT * doubtful)


def _family(finding: Finding) -> str:
    return {"plain_line": "definite_words"}.get(finding.kind, finding.kind.removesuffix("_hook"))


def _opening(heard: Heard, *, careful: bool) -> str:
    brief = heard.brief
    name = " ".join(brief.speaker_name.split())
    title = " ".join(brief.project.speech_title.split()).replace("“", "").replace("”", "")
    title = title.rstrip(".")
    thanks = f"Thank you, {name}" if name and len(name.split()) <= 4 else "Thank you"
    sayable = title and len(title.split()) <= _TITLE_WORDS and not _is_brief(brief)
    about = f", for “{title}”" if sayable else ""
    if careful:
        greeting = f"{thanks}{about}; parts were hard to hear, so I keep to the clear words."
    else:
        greeting = f"{thanks}{about}."
    if violations(greeting):
        greeting = greeting.replace(thanks, "Thank you", 1)
    return f"{greeting} {chosen(_grounds(heard), *heard.tokens)}"


def _grounds(heard: Heard) -> tuple[str, ...]:
    """What the remarks rest on: nobody was seen."""
    length = heard.length.removeprefix("about ")
    if heard.topic is None:
        return (f"I have only listened, so I speak of what could be heard in these {length}.",)
    topic, places = heard.topic
    return (
        f"I have only listened, and what I heard, in {length}, kept coming back to “{topic}”.",
        f"I worked from the sound alone: {length}, with “{topic}” at the centre of them.",
        f"I could only listen; in {length} I heard “{topic}” {in_words(len(places))} times.",
    )


def _area(finding: Finding) -> str:
    return AREAS[finding.kind]


def _closing(heard: Heard, advice: Remark, style: Style) -> str:
    farewells = (
        "I look forward to hearing the next one.",
        "I would gladly hear this talk again.",
        "Thank you for giving us these words.",
    )
    if not _is_brief(heard.brief):
        wish = f"For next time, one thing: {advice.action}."
    elif style.id == MICRO_FOCUS:
        # Its remark has just said in these words what that is.
        wish = "Let that be the one thing for next time."
    else:
        wish = f"Next time, {advice.action}."
    return f"{wish} {chosen(farewells, 'farewell', *heard.tokens)}"


def _structure(
    heard: Heard, praise: Sequence[Chosen], form: str, *, careful: bool
) -> StructureCommentary:
    """A remark on each part that has something to remark on and was not commended already."""
    structure = heard.metrics.structure
    if form == "short" or careful or structure is None:
        return StructureCommentary()
    kinds = {_family(finding) for finding, _ in praise}
    opening = body = closing = None
    if structure.hook is not None and structure.hook.kind not in kinds:
        noun = HOOKS[structure.hook.kind]
        opening = f"Your opening had {noun} in it before {_elapsed(heard, structure.hook.end)}."
    pauses, rate = heard.metrics.intentional_pause_count, heard.metrics.pace
    if "pause" not in kinds and pauses >= 2:
        count = in_words(pauses)
        body = f"Through the body we heard {count} pauses that gave a thought time to settle."
    elif "steady_pace" not in kinds and rate.fastest and rate.slowest and len(rate.windows) > 2:
        slow, fast = round(rate.slowest.words_per_minute), round(rate.fastest.words_per_minute)
        body = f"Through the body your pace moved between {slow} and {fast} words a minute."
    if structure.call_back is not None and "call_back" not in kinds:
        closing = f"Your closing picked up “{structure.call_back.opening_words}” from the opening."
    elif structure.call_to_action is not None and "call_to_action" not in kinds:
        closing = "Your closing left us with something to do."
    return StructureCommentary(opening_comment=opening, body_comment=body, closing_comment=closing)


def _elapsed(heard: Heard, seconds: float) -> str:
    spent = max(5, 5 * -(-int(seconds - heard.begin + 1) // 5))
    return f"{spent} seconds had passed"
