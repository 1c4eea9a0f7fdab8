"""The general evaluator: how the time was used, how it flowed, and the best moments."""

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import SUREST, Occurrence, quote_text
from evaluations.core.metrics import Metrics
from evaluations.core.pace import BAND
from evaluations.core.shapes import RoleResult
from evaluations.core.summary import FEWEST_WORDS
from evaluations.evaluator.builtin.findings import Heard
from evaluations.evaluator.builtin.strengths import strengths
from evaluations.roles import RoleFacts
from evaluations.roles.timing import lights_for
from evaluations.roles.wording import at, counted, quoted, result, section, spoken_duration

_MOST_MOMENTS = 3
_MOST_CONSIDERED = 20


class GeneralEvaluator:
    id = "general_evaluator"
    name = "General evaluator"

    def report(self, facts: RoleFacts) -> RoleResult:
        words = spoken_words(facts.transcript)
        if len(words) < FEWEST_WORDS:
            nothing = "There were too few words to speak about timing and flow."
            return result(self.id, self.name, [section("Summary", nothing)], [nothing])
        heard = Heard(facts.brief, words, facts.metrics)
        moments = _moments(heard)
        quotes = [f"{at(place.start)}: {quoted(quote_text(words, place))}" for place in moments]
        timing = _timing(facts)
        sections = [
            section("Timing", timing, *_balance(facts.metrics)),
            section("Flow", *_flow(heard)),
            section("Best moments", *quotes),
        ]
        best = f"The moment to remember is {quoted(quote_text(words, moments[0]))}."
        return result(self.id, self.name, sections, [timing, _flow(heard)[0], best])


def _timing(facts: RoleFacts) -> str:
    seconds = facts.metrics.duration_seconds
    planned = facts.meeting.planned_seconds
    lights, told = lights_for(facts.brief.project.project_type, seconds, planned)
    verdict = lights.verdict_at(seconds)
    long = spoken_duration(seconds)
    if not told and verdict != "within":
        return f"The speech took {long}."
    where = {"under": "short of", "within": "within", "over": "past"}[verdict]
    return f"The speech took {long}, {where} the {lights.name} it had."


def _balance(metrics: Metrics) -> list[str]:
    """When the opening had passed and the closing began, in words: sound shows no halves."""
    structure = metrics.structure
    if structure is None or metrics.duration_seconds <= 0:
        return []
    parts = (structure.opening, structure.body, structure.closing)
    counts = [counted(part.words, "word") for part in parts]
    return [f"The opening held {counts[0]}, the body {counts[1]}, the closing {counts[2]}"]


def _flow(heard: Heard) -> list[str]:
    metrics = heard.metrics
    low, high = BAND
    rates = [round(window.words_per_minute) for window in metrics.pace.windows]
    lines = []
    if not rates:
        lines.append("The speech was too short for its pace to be followed.")
    elif low <= min(rates) and max(rates) <= high:
        lines.append(
            f"The pace stayed easy to follow, near {round(metrics.words_per_minute)} "
            "words a minute."
        )
    elif len(set(rates)) == 1:
        lines.append(f"The pace was {rates[0]} words a minute.")
    else:
        lines.append(f"The pace moved between {min(rates)} and {max(rates)} words a minute.")
    if metrics.intentional_pause_count:
        pauses = counted(metrics.intentional_pause_count, "pause")
        lines.append(f"We heard {pauses} after a finished thought.")
    if metrics.hesitation_pause_count:
        gaps = counted(metrics.hesitation_pause_count, "gap")
        lines.append(f"We heard {gaps} inside a thought.")
    posts = list(dict.fromkeys(one.detail for one in heard.devices if one.kind == "signpost"))
    if posts:
        lines.append(f"Signposts led the way: {', '.join(quoted(post) for post in posts[:4])}.")
    return lines


def _moments(heard: Heard) -> list[Occurrence]:
    """The quotes of the heaviest strengths, surely heard ones first, the best one first."""
    picked: list[Occurrence] = []
    kinds: set[str] = set()
    found = [
        (finding, quote)
        for finding in strengths(heard)[:_MOST_CONSIDERED]
        for quote in [heard.quote(finding.first, finding.last)]
        if quote is not None
    ]
    found.sort(key=lambda one: heard.confidence(one[1].first, one[1].last) < SUREST)
    for finding, quote in found:
        apart = all(quote.last <= other.first or other.last <= quote.first for other in picked)
        if apart and finding.kind not in kinds:
            picked.append(quote)
            kinds.add(finding.kind)
        if len(picked) == _MOST_MOMENTS:
            break
    return picked
