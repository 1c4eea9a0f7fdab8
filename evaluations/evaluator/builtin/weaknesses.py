"""What a speech might do differently, each finding with its place and the facts for an example."""

from collections.abc import Iterator

from evaluations.core.evidence import SUREST
from evaluations.core.fillers import occurrences
from evaluations.core.pace import BAND
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.sentences import CLAUSE_GAP, gap_before
from evaluations.core.stopwords import STOPWORDS, word_set
from evaluations.core.structure import call_back, calls_to_action, hooks
from evaluations.evaluator.builtin.findings import Finding, Heard, in_words

# See LIVELY_SEMITONES: p10–p90 under 4 semitones is well below ordinary speech.
LEVEL_SEMITONES = 4.0
# RMS over 250 ms windows of ordinary speech varies by about half its mean.
LEVEL_ENERGY = 0.2
LONG_SENTENCE = 35
LONG_STRETCH = 45
_CLUSTER_SECONDS = 20.0
_LONG_WITHOUT_PAUSE = 90.0
_LAST_WORDS = 20
_FEWEST_FILLERS = 3
_FEWEST_CLEAN = 4
_WORN = word_set(
    "end day honest honestly honesty stuff terms sense regard matter fact lot speak say"
)
_WORN_TIMES = 5


def weaknesses(heard: Heard) -> tuple[Finding, ...]:
    """Everything worth trying differently, the heaviest first. There is always at least one."""
    found = [
        *_fillers(heard),
        *_pace(heard),
        *_hesitations(heard),
        *_long_sentences(heard),
        *_voice(heard),
        *_repeated(heard),
        *_edges(heard),
        *_signposts(heard),
        *_silences(heard),
    ]
    return tuple(sorted(found, key=lambda finding: (-finding.weight, finding.first)))


def _fillers(heard: Heard) -> Iterator[Finding]:
    found = [o for o in occurrences(heard.words) if o.classification == "true_filler"]
    if len(found) < _FEWEST_FILLERS or heard.metrics.filler_word_frequency < 2:
        return
    clusters = [
        [other for other in found if 0 <= other.start - one.start <= _CLUSTER_SECONDS]
        for one in found
    ]
    cluster = max(clusters, key=len)
    names = [occurrence.word for occurrence in found]
    common = max(names, key=lambda name: (names.count(name), name))
    places = {occurrence.index + step for occurrence in found for step in range(occurrence.length)}
    at, clean = max(
        ((one, _without(heard, one.index, one.index + one.length, places)) for one in cluster),
        key=lambda pair: (len(pair[1]) >= _FEWEST_CLEAN, pair[0].word == common, -pair[0].index),
    )
    first, last = min([*clean, at.index]), max([*clean, at.index + at.length - 1]) + 1
    facts = {
        "filler": at.word,
        "count": in_words(len(found)),
        "when": heard.when(cluster[0].index),
        "clean": heard.join(clean) if len(clean) >= _FEWEST_CLEAN else "",
    }
    yield Finding(
        "fillers", first, last, 7.5 + min(2, heard.metrics.filler_word_frequency / 5), facts
    )


def _without(heard: Heard, first: int, last: int, fillers: set[int]) -> list[int]:
    """The words around a filler that make a line without it: at most ten of its sentence."""
    sentence = heard.speech.sentence_of(first)
    lead = [at for at in range(sentence.first, first) if at not in fillers][-5:]
    rest = [at for at in range(last, sentence.last) if at not in fillers][: 10 - len(lead)]
    if lead and heard.tokens[lead[0]] in {"and", "but", "so"}:
        lead = lead[1:]
    while len(rest) > 1 and heard.tokens[rest[-1]] in OPEN_ENDED:
        rest.pop()
    return lead + rest


def _pace(heard: Heard) -> Iterator[Finding]:
    low, high = BAND
    fastest, slowest = heard.metrics.pace.fastest, heard.metrics.pace.slowest
    if heard.duration < 20 or fastest is None or slowest is None:
        return
    rates = [window.words_per_minute for window in heard.metrics.pace.windows]
    overall = heard.metrics.words_per_minute
    line = heard.telling_clauses[0]
    if min(rates) > high:
        weight = 5.5 + min(3, (overall - high) / 12)
        yield Finding("fast_throughout", *line, weight, _rate(heard, line, overall))
    elif fastest.words_per_minute > high:
        place = _inside(heard, fastest.start)
        weight = 5.5 + min(3, (fastest.words_per_minute - high) / 12)
        yield Finding("fast", *place, weight, _rate(heard, place, fastest.words_per_minute))
    if max(rates) < low:
        weight = 4.5 + min(3, (low - overall) / 15)
        yield Finding("slow_throughout", *line, weight, _rate(heard, line, overall))
    elif slowest.words_per_minute < low:
        place = _inside(heard, slowest.start)
        weight = 4.5 + min(3, (low - slowest.words_per_minute) / 15)
        yield Finding("slow", *place, weight, _rate(heard, place, slowest.words_per_minute))


def _rate(heard: Heard, place: tuple[int, int], rate: float) -> dict[str, str]:
    return {"rate": str(round(rate)), "when": heard.when(place[0])}


def _inside(heard: Heard, start: float) -> tuple[int, int]:
    """A place in the 30 s from ``start`` whose words were heard most surely."""
    first = heard.at(start)
    last = max(first + 1, heard.at(start + 30))
    places = [(at, min(at + 10, len(heard.words))) for at in range(first, last, 5)]
    return max(places, key=lambda place: (heard.confidence(*place) >= SUREST, -place[0]))


def _hesitations(heard: Heard) -> Iterator[Finding]:
    found = [pause for pause in heard.metrics.pauses if pause.type == "hesitation"]
    found += [p for p in heard.metrics.pauses if p.type == "unclassified" and p.duration > 4]
    for pause in sorted(found, key=lambda pause: -pause.duration)[:1]:
        after = heard.at(pause.end - 0.01)
        facts = {"seconds": in_words(round(pause.duration)), "when": heard.when(after)}
        weight = 5.0 + min(2, pause.duration / 4)
        yield Finding("hesitation", after, min(len(heard.words), after + 8), weight, facts)


def _long_sentences(heard: Heard) -> Iterator[Finding]:
    if heard.speech.punctuated:
        span = max(heard.speech.sentences, key=lambda span: span.last - span.first)
        least = LONG_SENTENCE
    else:
        starts = [i for i in range(len(heard.words)) if gap_before(heard.words, i) >= CLAUSE_GAP]
        runs = zip(starts, [*starts[1:], len(heard.words)], strict=True)
        first, last = max(runs, key=lambda run: run[1] - run[0])
        span, least = type(heard.speech.sentences[0])(first, last), LONG_STRETCH
    length = span.last - span.first
    if length >= least:
        middle = (span.first + span.last) // 2
        place = (max(span.first, middle - 5), min(span.last, middle + 5))
        kind = "long_sentence" if heard.speech.punctuated else "long_stretch"
        facts = {"count": in_words(length), "when": heard.when(span.first)}
        yield Finding(kind, *place, 5.0 + min(2, length / least - 1), facts)


def _voice(heard: Heard) -> Iterator[Finding]:
    line = heard.telling_clauses[0]
    pitch, energy = heard.metrics.pitch, heard.metrics.energy
    telling = heard.content(*line, 1)
    word = telling[0] if telling else heard.tokens[line[0]]
    if pitch is not None and pitch.range_semitones < LEVEL_SEMITONES:
        facts = {"range": in_words(max(1, round(pitch.range_semitones))), "word": word}
        yield Finding("level_pitch", *line, 5.5, facts)
    elif energy.windows and energy.variation < LEVEL_ENERGY:
        yield Finding("level_energy", *line, 4.5, {"word": word})


def _repeated(heard: Heard) -> Iterator[Finding]:
    rhetorical = [d for d in heard.devices if d.kind in {"anaphora", "triad", "contrast"}]
    for phrase in heard.metrics.vocabulary.repeated_phrases:
        places = [heard.at(time - 0.01) for time in phrase.timestamps]
        within = [
            place
            for place in places
            if any(device.first <= place < device.last for device in rhetorical)
        ]
        meant = 2 * len(within) > len(places)
        spoken = phrase.phrase.split()
        length = len(spoken)
        # With a content word it may be a motif; what wears thin is the phrase that says little.
        worn = (STOPWORDS | _WORN).issuperset(spoken) and not STOPWORDS.issuperset(spoken)
        empty = STOPWORDS.issuperset(spoken) and phrase.count >= _WORN_TIMES
        if meant or length > 6 or not (worn or empty):
            continue
        at = max(places, key=lambda place: heard.confidence(place, place + length))
        after = heard.speech.said(at + length, min(len(heard.words), at + length + 5))
        facts = {
            "phrase": phrase.phrase,
            "count": in_words(phrase.count),
            "rest": after.rstrip(".,;:!?"),
        }
        yield Finding("repeated", at, at + length, 5.0 + min(1.5, phrase.count / 4), facts)
        return


def _edges(heard: Heard) -> Iterator[Finding]:
    if not hooks(heard.speech, heard.devices) and heard.duration >= 8:
        facts = {"topic": heard.topic[0] if heard.topic else "", "line": ""}
        later = (run for run in heard.telling_clauses if run[0] > len(heard.words) // 4)
        line = next(later, None)
        if line is not None and heard.confidence(*line) >= SUREST:
            facts["line"] = heard.speech.said(*heard.trimmed(line[0], min(line[1], line[0] + 9)))
        yield Finding("no_hook", 0, min(10, len(heard.words)), 5.0, facts)
    calls = calls_to_action(heard.speech, heard.devices)
    thanks = "thank" in heard.tokens[-8:]
    shaped = any(
        device.kind in {"contrast", "triad", "anaphora", "question"}
        and device.last > len(heard.words) - _LAST_WORDS
        for device in heard.devices
    )
    if not calls and not shaped and call_back(heard.speech) is None:
        opening = heard.speech.said(*heard.trimmed(0, min(7, len(heard.words))))
        last = len(heard.words)
        facts = {"open": opening.rstrip(".,;:!?")}
        yield Finding("abrupt_close", max(0, last - 9), last, 5.2 - thanks, facts)


def _signposts(heard: Heard) -> Iterator[Finding]:
    if len(heard.words) >= 150 and not any(d.kind == "signpost" for d in heard.devices):
        middle = heard.speech.sentence_of(len(heard.words) // 2)
        facts = {"count": str(len(heard.words)), "topic": heard.topic[0] if heard.topic else ""}
        place = (middle.first, min(middle.last, middle.first + 10))
        yield Finding("no_signposts", *place, 4.2, facts)


def _silences(heard: Heard) -> Iterator[Finding]:
    placed = any(pause.type == "intentional" for pause in heard.metrics.pauses)
    silent = not heard.metrics.pauses and heard.duration >= _LONG_WITHOUT_PAUSE
    for rank, (first, last) in enumerate(heard.telling_clauses[:6]):
        if last < len(heard.words):
            weight = (2.0 if placed else 5.1 if silent else 4.0) - rank / 10
            yield Finding("key_pause", first, last, weight)
    # A speech of one clause still has a line to lean on.
    yield Finding("key_pause", *heard.telling_clauses[0], 1.0)
