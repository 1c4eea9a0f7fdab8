"""What a speech did that is worth commending, each finding with its place."""

import re
from collections.abc import Iterator
from itertools import pairwise

from evaluations.core.evidence import FEWEST_TOKENS, MOST_TOKENS, SUREST
from evaluations.core.hearing import hears_fillers
from evaluations.core.pace import BAND
from evaluations.core.rhetoric import Device
from evaluations.core.structure import HOOKS, call_back, calls_to_action, hooks
from evaluations.evaluator.builtin.facts import words_after, words_before
from evaluations.evaluator.builtin.findings import Finding, Heard, in_words

# Traunmüller and Eriksson (1995): F0 varies by 2–4 semitones (standard deviation) in speech, which
# puts p10–p90 of ordinary speech at 5–10. Outside that band the voice is lively, or level.
LIVELY_SEMITONES = 9.0

_DEVICE_WEIGHTS = {
    "contrast": 9.0,
    "anaphora": 8.0,
    "story": 7.0,
    "triad": 7.0,
    "question": 6.5,
    "quotation": 5.5,
    "number": 4.5,
}
_HOOK_BONUS = 1.5
_HOOK_KINDS = frozenset({"question", "story", "number", "quotation"})
# A return may take up any of the first sentences, of which the hook is one.
_NEAR_HOOK = 25
_TRUE_FILLERS_PER_MINUTE = 1.0


def strengths(heard: Heard) -> tuple[Finding, ...]:
    """Every strength found, the heaviest first. There is always at least one line to quote."""
    found = [
        *_devices(heard),
        *_endings(heard),
        *_signposts(heard),
        *_voice(heard),
        *_pauses(heard),
        *_wording(heard),
        *_lines(heard),
        *_stretches(heard),
    ]
    return tuple(sorted(found, key=lambda finding: (-finding.weight, finding.first)))


def _devices(heard: Heard) -> Iterator[Finding]:
    opening = {device.first for device in hooks(heard.speech, heard.devices)}
    asked = [device for device in heard.devices if device.kind == "question"]
    for device in heard.devices:
        if device.kind not in _DEVICE_WEIGHTS:
            continue
        if device.kind == "story" and any(one.first <= device.first < one.last for one in asked):
            continue
        hook = device.first in opening and device.kind in _HOOK_KINDS
        # A device of misheard words may be none: what the transcriber doubts weighs less.
        doubt = 3 * (heard.confidence(device.first, device.last) < SUREST)
        yield Finding(
            f"{device.kind}_hook" if hook else device.kind,
            device.first,
            _quotable_end(heard, device),
            _DEVICE_WEIGHTS[device.kind] + _HOOK_BONUS * hook - doubt,
            _facts(heard, device),
        )


def _quotable_end(heard: Heard, device: Device) -> int:
    """A contrast longer than a quote may be ends, for quoting, before its second half."""
    verb = heard.tokens[device.first]
    if device.kind == "contrast" and device.last - device.first > MOST_TOKENS:
        for index in range(device.first + FEWEST_TOKENS, device.last):
            if heard.tokens[index] == verb:
                return index
    if device.kind == "story":
        return min(heard.speech.sentence_of(device.first).last, device.first + MOST_TOKENS)
    return device.last


def _facts(heard: Heard, device: Device) -> dict[str, str]:
    facts = {"when": heard.when(device.first), "said": device.detail}
    if device.kind == "number":
        facts["said"] = heard.join(range(device.first, device.last))
    if device.kind == "anaphora":
        opening = tuple(device.detail.split())
        places = range(len(heard.tokens) - len(opening) + 1)
        times = sum(heard.tokens[at : at + len(opening)] == opening for at in places)
        facts["times"] = in_words(times)
    if device.kind == "contrast":
        shared = device.detail.split()
        facts["shared"] = shared[0] if len(shared) > 1 and shared[1] == "not" else ""
        facts["turn"] = _turn(heard, device)
        if facts["shared"] in {"is", "its", "was", "are", "it", "were", "do", "and", "but", "or"}:
            facts["shared"] = ""
    if device.kind == "triad":
        said = device.detail.rstrip(".,;:!?")
        facts["said"] = said if len(said.split()) <= 6 else ""
        third = re.split(r" (?:and|or) ", said)[-1]
        facts["third"] = third if len(third.split()) <= 3 and third != said else ""
    return facts


def _turn(heard: Heard, device: Device) -> str:
    """The second half of a contrast, where it begins with a sentence or a clause."""
    middle = (device.first + device.last) / 2
    inner = range(device.first + 3, device.last - 2)
    starts = [at for at in inner if heard.tokens[at - 1] == "but"]
    starts = starts or [at for at in inner if heard.speech.starts_clause(at)]
    start = min(starts, key=lambda at: abs(at - middle), default=None)
    if start is None:
        return ""
    first, last = heard.trimmed(start, min(device.last, start + 9))
    return heard.join(range(first, last))


def _endings(heard: Heard) -> Iterator[Finding]:
    back = call_back(heard.speech)
    if back is not None:
        said = " ".join(heard.tokens[back.late.first : back.late.last])
        sure = heard.confidence(*back.late) >= SUREST
        first, last = back.early
        opening = heard.speech.said(*heard.trimmed(first, min(last, first + 9)))
        caught = hooks(heard.speech, heard.devices)[:1]
        near = [one for one in caught if abs(first - one.first) <= _NEAR_HOOK]
        facts = {"said": said, "open": opening.rstrip(".,;:!?")}
        facts["hook"] = HOOKS[near[0].kind] if near else ""
        weight = 9.0 + 0.5 * bool(near) - 4 * (not sure)
        yield Finding("call_back", *back.late, weight, facts)
    for device in calls_to_action(heard.speech, heard.devices)[-1:]:
        doubt = 3 * (heard.confidence(device.first, device.last) < SUREST)
        yield Finding("call_to_action", device.first, device.last, 7.0 - doubt)


def _signposts(heard: Heard) -> Iterator[Finding]:
    posts = [device for device in heard.devices if device.kind == "signpost"]
    different = list({device.detail: device for device in posts}.values())
    if len(different) >= 2:
        first, second = different[:2]
        facts = {"first": first.detail, "second": second.detail}
        # Two are a habit; four or five are a plan that we were told.
        weight = 5.5 + 0.75 * min(4, len(different) - 2)
        yield Finding("signposts", second.first, second.last, weight, facts)


def _voice(heard: Heard) -> Iterator[Finding]:
    metrics = heard.metrics
    low, high = BAND
    rates = [window.words_per_minute for window in metrics.pace.windows]
    line = heard.telling_clauses[0]
    if rates and heard.duration >= 30 and all(low <= rate <= high for rate in rates):
        facts = {"rate": str(round(metrics.words_per_minute))}
        yield Finding("steady_pace", *line, 4.5, facts)
    if metrics.pitch is not None and metrics.pitch.range_semitones >= LIVELY_SEMITONES:
        facts = {"range": in_words(round(metrics.pitch.range_semitones))}
        yield Finding("variety", *line, 4.0, facts)
    if (
        metrics.total_words >= 100
        and metrics.filler_word_frequency < _TRUE_FILLERS_PER_MINUTE
        and hears_fillers(metrics.engines)
    ):
        count = metrics.filler_word_count
        facts = {
            "count": "no filler" if count == 0 else "one filler" if count == 1 else "two fillers"
        }
        if count <= 2:
            yield Finding("few_fillers", *line, 4.0, facts)


def _pauses(heard: Heard) -> Iterator[Finding]:
    placed = [pause for pause in heard.metrics.pauses if pause.type == "intentional"]
    for pause in sorted(placed, key=lambda pause: -pause.duration):
        if pause.duration > 4.0:
            continue
        after = heard.at(pause.end - 0.01)
        facts = {
            "seconds": _seconds(pause.duration),
            "when": heard.when(after),
            "tail": words_before(heard, after),
            "next": words_after(heard, after),
        }
        yield Finding("pause", max(0, after - 8), after, 5.0, facts)
        return


def _wording(heard: Heard) -> Iterator[Finding]:
    if heard.topic is not None:
        word, places = heard.topic
        spread = heard.words[places[-1]].start_time - heard.words[places[0]].start_time
        if len(places) >= 4 and spread > heard.duration / 2:
            facts = {"word": word, "count": in_words(len(places))}
            sure = max(places, key=lambda place: heard.words[place].confidence)
            yield Finding("thread", sure, sure + 1, 4.0, facts)
    direct = [at for at, token in enumerate(heard.tokens) if token in {"you", "your", "yours"}]
    if len(direct) >= 4 and len(direct) * 30 >= len(heard.tokens):
        yield Finding("address", *_crowded(direct, heard), 3.5, {"count": in_words(len(direct))})
    own = [at for at, token in enumerate(heard.tokens) if token in {"i", "my", "im", "ive", "me"}]
    if len(own) >= 5 and len(own) * 25 >= len(heard.tokens):
        yield Finding("first_person", *_crowded(own, heard), 3.2, {"count": in_words(len(own))})


def _crowded(places: list[int], heard: Heard) -> tuple[int, int]:
    """The closest pair of ``places`` that was surely heard."""
    pairs = list(pairwise(places))
    first, second = min(
        pairs, key=lambda pair: (heard.confidence(*pair) < SUREST, pair[1] - pair[0])
    )
    return first, min(second + 1, first + 12)


def _lines(heard: Heard) -> Iterator[Finding]:
    for rank, (first, last) in enumerate(heard.telling_clauses[:6]):
        kind = "definite_words" if len(heard.content(first, last, 2)) == 2 else "plain_line"
        weight = (2.5 if kind == "definite_words" else 1.5) - rank / 10
        yield Finding(kind, first, last, weight, {"when": heard.when(first)})


def _stretches(heard: Heard) -> Iterator[Finding]:
    """Last resort for speech that hardly varies: what stands in each quarter of it."""
    quarter = max(1, len(heard.words) // 4)
    for first in range(0, len(heard.words) - 5, quarter):
        last = min(len(heard.words), first + quarter)
        yield Finding("plain_line", first, last, 0.5, {"when": heard.when(first)})


def _seconds(duration: float) -> str:
    whole = round(duration)
    return f"{in_words(whole)} seconds" if whole > 1 else "a second"
