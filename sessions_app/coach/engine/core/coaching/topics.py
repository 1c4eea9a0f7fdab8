"""What somebody may want to work on, as they say it and as findings are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sessions_app.coach.engine.core.coaching.matching import has_phrase, mentions


@dataclass(frozen=True, slots=True)
class Topic:
    """``name`` completes "we listen for …"; ``kinds`` are findings of the evaluator's."""

    id: str
    name: str
    words: tuple[str, ...]
    phrases: tuple[str, ...]
    kinds: frozenset[str]
    why: str


def _topic(id_: str, name: str, words: str, phrases: str, kinds: str, why: str) -> Topic:
    told = tuple(phrase.strip() for phrase in phrases.split(",") if phrase.strip())
    return Topic(id_, name, tuple(words.split()), told, frozenset(kinds.split()), why)


TOPICS: Final = (
    _topic(
        "pace",
        "your pace",
        "pace slow slower slowly fast faster speed rush rushing hurry tempo quick quickly",
        "too fast, slow down, too slow",
        "fast fast_throughout slow slow_throughout steady_pace long_stretch",
        "Listeners need time to turn words into pictures, and pace is the time you give them.",
    ),
    _topic(
        "fillers",
        "filler words",
        "filler fillers um uh crutch basically actually literally",
        "you know, filler words",
        "fillers few_fillers repeated",
        "A filler fills the very gap in which listeners would have taken in your point.",
    ),
    _topic(
        "pauses",
        "your pauses",
        "pause pauses pausing silence silences breath breathe breathing",
        "",
        "pause key_pause hesitation long_stretch",
        "A pause is when listeners think; without one they only listen.",
    ),
    _topic(
        "opening",
        "your opening",
        "opening introduction intro beginning hook",
        "first line, first sentence, the start, how i start, how i begin, my start",
        "no_hook question_hook story_hook number_hook",
        "Listeners decide within a few lines how closely to follow.",
    ),
    _topic(
        "closing",
        "your closing",
        "closing ending conclusion conclude finish finishing",
        "last line, last sentence, the end, how i end",
        "abrupt_close call_back call_to_action",
        "The last line is the one that listeners carry home.",
    ),
    _topic(
        "structure",
        "a clear structure",
        "structure structured organise organize organised outline order clear clearer clarity "
        "signpost logic",
        "",
        "no_signposts signposts triad long_sentence thread",
        "Listeners who know where they are in a talk can give all their attention to it.",
    ),
    _topic(
        "voice",
        "the range of your voice",
        "voice volume loud louder pitch monotone energy variety expression expressive vocal "
        "intonation",
        "",
        "level_pitch level_energy variety",
        "A change of voice tells listeners which words matter.",
    ),
    _topic(
        "story",
        "stories and examples",
        "story stories example examples anecdote picture vivid",
        "",
        "story story_hook first_person number number_hook quotation",
        "A moment that somebody lived through is remembered when a claim is forgotten.",
    ),
    _topic(
        "words",
        "your choice of words",
        "words vocabulary language wording sentence sentences concise short shorter simple simpler "
        "repetition",
        "",
        "repeated long_sentence definite_words plain_line contrast triad anaphora",
        "A definite word is a picture; a vague one is work for the listener.",
    ),
    _topic(
        "audience",
        "how you speak to your listeners",
        "audience listeners engage engaging connect connection question questions persuade "
        "convince",
        "",
        "address question question_hook call_to_action",
        "Listeners who are spoken to answer in their minds, and so stay with you.",
    ),
)
_BY_ID: Final = {topic.id: topic for topic in TOPICS}


def topic(topic_id: str) -> Topic | None:
    """The topic called ``topic_id``; None for "" and what is none."""
    return _BY_ID.get(topic_id)


def topic_in(tokens: Sequence[str]) -> Topic | None:
    """The topic that is spoken of most; of two, the one that comes first in speech."""

    def score(one: Topic) -> tuple[int, int]:
        found = [word for word in one.words if mentions(tokens, word)]
        phrases = sum(has_phrase(tokens, phrase) for phrase in one.phrases)
        first = min((_place(tokens, word) for word in found), default=len(tokens))
        return (len(found) + 3 * phrases, -first)

    best = max(TOPICS, key=score)
    return best if score(best)[0] > 0 else None


def _place(tokens: Sequence[str], word: str) -> int:
    return next(at for at, token in enumerate(tokens) if mentions((token,), word))
