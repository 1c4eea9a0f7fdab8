"""The grammarian: phrases worth keeping, phrases that return, slips, and long sentences."""

from collections.abc import Sequence

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import SUREST, Occurrence, quote_text
from evaluations.core.shapes import RoleResult, Word
from evaluations.evaluator.builtin.findings import Heard, in_words
from evaluations.evaluator.builtin.weaknesses import LONG_SENTENCE, LONG_STRETCH
from evaluations.roles import RoleFacts
from evaluations.roles.daily_word import uses
from evaluations.roles.slips import Slip, slips
from evaluations.roles.wording import at, quoted, result, section, words_between

_NOTABLE = ("contrast", "triad", "anaphora", "quotation")
_REASONS = {
    "contrast": "two ideas set against each other",
    "triad": "a rhythm of three",
    "anaphora": "words that return on purpose",
    "quotation": "a second voice",
    "line": "definite words",
}
_MOST_NOTABLE = 3
_MOST_REPEATED = 5
_MOST_SLIPS = 5
_FIRST_WORDS = 6


class Grammarian:
    id = "grammarian"
    name = "Grammarian"

    def report(self, facts: RoleFacts) -> RoleResult:
        words = spoken_words(facts.transcript)
        if not words:
            nothing = "No words were heard, so there is nothing to say about them."
            return result(self.id, self.name, [section("Language", nothing)], [nothing])
        heard = Heard(facts.brief, words, facts.metrics)
        notable = _notable(heard)
        repeated = facts.metrics.vocabulary.repeated_phrases[:_MOST_REPEATED]
        found = slips(words)[:_MOST_SLIPS]
        sections = [
            section(
                "Phrases worth keeping",
                *(
                    f"{at(place.start)}: {quoted(quote_text(words, place))}, {_REASONS[kind]}"
                    for kind, place in notable
                ),
            ),
            section(
                "Phrases that returned",
                *(
                    f"{quoted(phrase.phrase)}: {in_words(phrase.count)} times, first at "
                    f"{at(phrase.timestamps[0])}"
                    for phrase in repeated
                ),
            ),
            section("Agreement and tense", *(_slip(slip, heard) for slip in found)),
            section("Long sentences", _longest(heard)),
            section("Word of the day", *_daily(words, facts.meeting.word_of_the_day)),
        ]
        if not any(part.content for part in sections):
            sections = [section("Language", "Nothing stood out to keep or to change")]
        return result(self.id, self.name, sections, _script(notable, found, words))


def _notable(heard: Heard) -> list[tuple[str, Occurrence]]:
    """The best quotes of figures of speech, then of telling clauses, surely heard ones only."""
    figures = sorted(
        (device for device in heard.devices if device.kind in _NOTABLE),
        key=lambda device: (_NOTABLE.index(device.kind), device.first),
    )
    places: list[tuple[str, int, int]] = [
        (device.kind, device.first, device.last) for device in figures
    ]
    places += [("line", *run) for run in heard.telling_clauses[:_MOST_NOTABLE]]
    picked: list[tuple[str, Occurrence]] = []
    for kind, first, last in places:
        taken = [(other.first, other.last) for _, other in picked]
        quote = heard.quote(first, last, taken)
        if quote is None or heard.confidence(quote.first, quote.last) < SUREST:
            continue
        picked.append((kind, quote))
        if len(picked) == _MOST_NOTABLE:
            break
    return sorted(picked, key=lambda pick: pick[1].start)


def _slip(slip: Slip, heard: Heard) -> str:
    words = heard.words
    said = quoted(words_between(words, slip.first, slip.last))
    place = heard.quote(slip.first, slip.last)
    context = (
        f" in {quoted(quote_text(words, place))}"
        if place is not None and place.first <= slip.first and slip.last <= place.last
        else ""
    )
    start = at(words[slip.first].start_time)
    return f"{start}: {said}{context}; the form that agrees is “{slip.better}”"


def _longest(heard: Heard) -> str:
    spans = heard.speech.sentences
    longest = max(spans, key=lambda span: span.last - span.first)
    length = longest.last - longest.first
    least = LONG_SENTENCE if heard.speech.punctuated else LONG_STRETCH
    if length < least:
        return ""
    what = "The longest sentence" if heard.speech.punctuated else "The longest stretch without rest"
    begins = words_between(heard.words, longest.first, longest.first + _FIRST_WORDS)
    start = at(heard.words[longest.first].start_time)
    return f"{what} runs to {in_words(length)} words; it begins at {start} with {quoted(begins)}"


def _daily(words: Sequence[Word], word: str) -> list[str]:
    if not word.strip():
        return []
    places = uses(words, word)
    if not places:
        return [f"{quoted(word)} was not heard in this speech"]
    return [
        f"{at(words[place].start_time)}: {quoted(words_between(words, place - 4, place + 5))}"
        for place in places
    ]


def _script(
    notable: Sequence[tuple[str, Occurrence]], found: Sequence[Slip], words: Sequence[Word]
) -> list[str]:
    script = []
    if notable:
        kind, place = max(notable, key=lambda pick: pick[0] != "line")
        script.append(
            f"A phrase to keep is {quoted(quote_text(words, place))}, for {_REASONS[kind]}."
        )
    if found:
        slip = found[0]
        said = quoted(words_between(words, slip.first, slip.last))
        script.append(f"Where we heard {said}, the form that agrees is “{slip.better}”.")
    return script or ["I noted no phrase that asks to be kept or changed."]
