"""Table topics: an impromptu answer evaluated in short, and two questions that follow."""

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import SUREST, Occurrence, quote_text
from evaluations.core.prose import chosen
from evaluations.core.rhetoric import Device
from evaluations.core.shapes import RoleResult
from evaluations.core.structure import HOOKS, bounds, call_back, calls_to_action, hooks
from evaluations.core.summary import FEWEST_WORDS
from evaluations.evaluator.builtin.findings import Heard
from evaluations.roles import RoleFacts
from evaluations.roles.timing import GRACE_SECONDS, PRESETS
from evaluations.roles.wording import quoted, result, section, spoken_duration

_ANSWER = PRESETS[0]
_SUPPORT = {
    "story": "a story",
    "number": "a figure",
    "quotation": "a second voice",
    "signpost": "marked steps",
}
_ENDINGS = {
    "question": "a question",
    "contrast": "a contrast",
    "triad": "three steps",
    "anaphora": "a refrain",
}


class TableTopics:
    id = "table_topics"
    name = "Table topics evaluator"

    def report(self, facts: RoleFacts) -> RoleResult:
        words = spoken_words(facts.transcript)
        if len(words) < FEWEST_WORDS:
            nothing = "There were too few words for an answer to be evaluated."
            return result(self.id, self.name, [section("Answer", nothing)], [nothing])
        heard = Heard(facts.brief, words, facts.metrics)
        parts = (_opening(heard), _body(heard), _closing(heard))
        questions = _questions(heard)
        sections = [
            section("Length", _length(heard)),
            section("Opening", parts[0][1]),
            section("Body", parts[1][1]),
            section("Close", parts[2][1]),
            section("To ask next", *questions),
        ]
        return result(self.id, self.name, sections, [_shape(parts), questions[0]])


Part = tuple[bool, str]


def _length(heard: Heard) -> str:
    long = spoken_duration(heard.duration)
    if heard.duration < _ANSWER.green:
        return f"The answer took {long}; a minute leaves room for one example more"
    if heard.duration > _ANSWER.red + GRACE_SECONDS:
        return f"At {long} this is longer than an answer; its shape can be read all the same"
    return f"The answer took {long}, within the one to two minutes there are"


def _opening(heard: Heard) -> Part:
    found = hooks(heard.speech, heard.devices)
    if found:
        return True, f"It opened with {HOOKS[found[0].kind]}: {_said(heard, found[0])}"
    return False, f"It began with {_first_words(heard)}; one line that answers first would open it"


def _body(heard: Heard) -> Part:
    opening_end, closing_start = bounds(heard.speech)
    support = [
        device
        for device in heard.devices
        if device.kind in _SUPPORT
        and opening_end < heard.words[device.first].start_time < closing_start
    ]
    if support:
        first = max(support, key=lambda device: heard.confidence(device.first, device.last))
        return True, f"The body rests on {_SUPPORT[first.kind]}: {_said(heard, first)}"
    if "because" in heard.tokens:
        reason = heard.tokens.index("because")
        quote = _quote(heard, reason, min(len(heard.words), reason + 8))
        return True, f"The body gives a reason: {quote}"
    return False, "The body could carry one example, with a time and a place"


def _closing(heard: Heard) -> Part:
    back = call_back(heard.speech)
    if back is not None:
        returned = heard.speech.said(*back.late)
        return True, f"It came back to its beginning with {quoted(returned)}"
    calls = calls_to_action(heard.speech, heard.devices)
    if calls:
        return True, f"It ended on something to do: {_said(heard, calls[-1])}"
    _, closing_start = bounds(heard.speech)
    for device in heard.devices:
        late = heard.words[device.last - 1].end_time > closing_start
        if late and device.kind in _ENDINGS:
            return True, f"It ended on {_ENDINGS[device.kind]}: {_said(heard, device)}"
    return False, "One last line that returns to the question would close it"


def _shape(parts: tuple[Part, Part, Part]) -> str:
    names = ("an opening", "a body", "a close")
    there = [name for name, (present, _) in zip(names, parts, strict=True) if present]
    if len(there) == len(names):
        return "The answer had an opening, a body and a close."
    missing = [name for name in names if name not in there]
    asked = " and ".join(name.removeprefix("a ").removeprefix("an ") for name in missing)
    if not there:
        return "The answer came in one piece; an opening, a body and a close would carry it."
    return f"We heard {' and '.join(there)}; the {asked} could be made plainer."


def _questions(heard: Heard) -> tuple[str, str]:
    """Two questions from the speaker's own words, the first about a line, the second a theme."""
    stories = [device for device in heard.devices if device.kind == "story"]
    sure = [one for one in stories if heard.confidence(one.first, one.last) >= SUREST]
    if sure:
        first = f"You told us, {_said(heard, sure[0])}: what happened next?"
    else:
        line = _quote(heard, *heard.telling_clauses[0])
        asked = (
            "what would you say to someone who sees it the other way?",
            "what first made you think so?",
            "when did you last see that for yourself?",
        )
        first = f"You said, {line}: {chosen(asked, line)}"
    if heard.topic is not None:
        word = quoted(heard.topic[0])
        about = (
            f"If you had one more minute for {word}, what would you add?",
            f"What would someone who has no time for {word} miss?",
            f"Who taught you most about {word}?",
        )
        return first, chosen(about, *heard.tokens)
    lines = heard.telling_clauses
    other = _quote(heard, *lines[1 if len(lines) > 1 else 0])
    return first, f"And when you said, {other}: whom were you thinking of?"


def _first_words(heard: Heard) -> str:
    return _quote(heard, 0, min(len(heard.words), 8))


def _said(heard: Heard, device: Device) -> str:
    return _quote(heard, device.first, device.last)


def _quote(heard: Heard, first: int, last: int) -> str:
    place = heard.quote(first, last) or Occurrence(first, last, 0)
    return quoted(quote_text(heard.words, place))
