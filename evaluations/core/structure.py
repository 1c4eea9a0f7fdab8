"""The shape of a speech: opening, body, closing, and the devices that mark them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from evaluations.core.rhetoric import Device, Speech, devices
from evaluations.core.sentences import Span
from evaluations.core.shapes import CamelShape
from evaluations.core.stopwords import STOPWORDS
from evaluations.core.vocabulary import stem

# measures.md, "Metrics": the first and the last 15 % are opening and closing.
EDGE_SHARE = 0.15
# A closing of a short speech is shorter than a sentence; it then begins with its last sentence.
HOOKS: Final = {
    "question": "a question",
    "story": "a story",
    "number": "a figure",
    "quotation": "a quotation",
    "contrast": "a contrast",
}
"""The devices that catch an audience, as a sentence names them."""
_MOST = 40
_PAIR_WITHIN = 4
_INSTRUCTIONS = 5


class Part(CamelShape):
    start: float
    end: float
    words: int


class Feature(CamelShape):
    """A device: the words said, and from when to when."""

    kind: str
    words: str
    start: float
    end: float


class CallBack(CamelShape):
    """Words of the closing that return to the opening."""

    words: str
    start: float
    opening_words: str
    opening_start: float


class Structure(CamelShape):
    opening: Part
    body: Part
    closing: Part
    hook: Feature | None
    signposts: tuple[Feature, ...]
    rule_of_three: tuple[Feature, ...]
    anaphora: tuple[Feature, ...]
    contrasts: tuple[Feature, ...]
    questions: tuple[Feature, ...]
    call_back: CallBack | None
    call_to_action: Feature | None


Where = Literal["opening", "body", "closing"]


def bounds(speech: Speech) -> tuple[float, float]:
    """When the opening ends and the closing begins, in seconds."""
    begin, end = speech.words[0].start_time, speech.words[-1].end_time
    edge = (end - begin) * EDGE_SHARE
    return begin + edge, end - edge


def structure(speech: Speech) -> Structure:
    """The structure of a speech of one word or more.

    A hook is the first question, story, number, quotation or contrast that begins in the opening;
    a call to action is the last one that reaches into the closing.
    """
    found = devices(speech)
    opening_end, closing_start = bounds(speech)

    def of(*kinds: str) -> tuple[Feature, ...]:
        return tuple(_feature(speech, device) for device in found if device.kind in kinds)[:_MOST]

    return Structure(
        **_parts(speech, opening_end, closing_start),
        hook=_first(speech, hooks(speech, found)),
        signposts=of("signpost"),
        rule_of_three=of("triad"),
        anaphora=of("anaphora"),
        contrasts=of("contrast"),
        questions=of("question"),
        call_back=_call_back_shape(speech),
        call_to_action=_first(speech, calls_to_action(speech, found)[::-1]),
    )


def hooks(speech: Speech, found: Sequence[Device]) -> tuple[Device, ...]:
    """The devices that catch an audience in the opening, in order."""
    opening_end, _ = bounds(speech)
    return tuple(
        device
        for device in found
        if device.kind in HOOKS and speech.words[device.first].start_time <= opening_end
    )


def calls_to_action(speech: Speech, found: Sequence[Device]) -> tuple[Device, ...]:
    """The calls to action that reach into the closing, in order.

    In a talk that tells how a thing is done, an imperative is an instruction.
    """
    _, closing_start = bounds(speech)
    calls = [device for device in found if device.kind == "call_to_action"]
    late = [one for one in calls if speech.words[one.last - 1].end_time > closing_start]
    if len(calls) - len(late) >= _INSTRUCTIONS:
        return ()
    return tuple(late)


class Return(NamedTuple):
    """Words of the closing, and those of the opening that they return to."""

    late: Span
    early: Span


def call_back(speech: Speech) -> Return | None:
    """Where the closing returns to the opening.

    Three words or more in a row with a content word among them, or two content words side by side;
    else two content words with grammar between them that the body has not put together.
    """
    opening_end, closing_start = bounds(speech)
    first_part = [i for i, word in enumerate(speech.words) if word.start_time < opening_end]
    last_part = [i for i, word in enumerate(speech.words) if word.start_time >= closing_start]
    if not first_part or not last_part or last_part[0] - first_part[-1] < 30:
        return None
    stems = [stem(token) for token in speech.heard]
    return _same_words(speech, stems, first_part, last_part) or _same_pair(
        speech, stems, first_part[-1] + 1, last_part[0]
    )


def _same_words(
    speech: Speech, stems: Sequence[str], first_part: Sequence[int], last_part: Sequence[int]
) -> Return | None:
    best: Return | None = None
    for late in last_part:
        for early in first_part:
            length = 0
            end = speech.sentence_of(late).last
            while (
                late + length < end
                and early + length <= first_part[-1]
                and stems[late + length] == stems[early + length]
            ):
                length += 1
            content = sum(speech.heard[late + step] not in STOPWORDS for step in range(length))
            enough = (length >= 3 and content >= 1) or (length >= 2 and content >= 2)
            if enough and (best is None or length > best.late.last - best.late.first):
                best = Return(Span(late, late + length), Span(early, early + length))
    return best


def _same_pair(
    speech: Speech, stems: Sequence[str], body_start: int, closing_start: int
) -> Return | None:
    content = [at for at, token in enumerate(speech.heard) if token not in STOPWORDS]
    pairs = [pair for pair in pairwise(content) if pair[1] - pair[0] <= _PAIR_WITHIN]
    early = {
        (stems[first], stems[second]): Span(first, second + 1)
        for first, second in reversed(pairs)
        if second < body_start
    }
    body = {
        (stems[first], stems[second])
        for first, second in pairs
        if first >= body_start and second < closing_start
    }
    for first, second in pairs:
        said = (stems[first], stems[second])
        if first >= closing_start and said in early and said not in body:
            return Return(Span(first, second + 1), early[said])
    return None


def _parts(speech: Speech, opening_end: float, closing_start: float) -> dict[str, Part]:
    begin, end = speech.words[0].start_time, speech.words[-1].end_time
    edges = (begin, opening_end, closing_start, end)
    names = ("opening", "body", "closing")
    middles = [(word.start_time + word.end_time) / 2 for word in speech.words]
    counts = (
        sum(middle < opening_end for middle in middles),
        sum(opening_end <= middle < closing_start for middle in middles),
        sum(middle >= closing_start for middle in middles),
    )
    return {
        name: Part(start=round(edges[at], 2), end=round(edges[at + 1], 2), words=counts[at])
        for at, name in enumerate(names)
    }


def _feature(speech: Speech, device: Device) -> Feature:
    return Feature(
        kind=device.kind,
        words=speech.said(device.first, device.last),
        start=round(speech.words[device.first].start_time, 2),
        end=round(speech.words[device.last - 1].end_time, 2),
    )


def _first(speech: Speech, found: Sequence[Device]) -> Feature | None:
    return _feature(speech, found[0]) if found else None


def _call_back_shape(speech: Speech) -> CallBack | None:
    found = call_back(speech)
    if found is None:
        return None
    return CallBack(
        words=speech.said(*found.late),
        start=round(speech.words[found.late.first].start_time, 2),
        opening_words=speech.said(*found.early),
        opening_start=round(speech.words[found.early.first].start_time, 2),
    )
