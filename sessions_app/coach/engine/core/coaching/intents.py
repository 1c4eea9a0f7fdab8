"""Short requests, understood from a few telling words.

A recogniser gets one word in three wrong, so no phrase has to be whole: each request has words that
tell it by themselves and words that tell it together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sessions_app.coach.engine.core.coaching.matching import has_phrase, mentions

Intent = Literal[
    "stop",
    "repeat",
    "slower",
    "faster",
    "explain",
    "restart",
    "heard",
    "more",
    "resume",
    "help",
    "ready",
    "thanks",
    "no",
    "yes",
    "hello",
]

LONGEST_REQUEST: Final = 12
"""Words; somebody who says more is speaking, not asking."""
_ENOUGH: Final = 2.0


@dataclass(frozen=True, slots=True)
class Cues:
    """``alone`` words tell the request (2 points), ``together`` words help (1), as do phrases (3).

    ``against`` words speak for something else (−2).
    """

    alone: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CUES: Final[Mapping[Intent, Cues]] = {
    "stop": Cues(
        _words("stop goodbye bye quit"),
        _words("enough finish today"),
        (
            "that is all",
            "thats all",
            "that is enough",
            "we are done",
            "i am done for today",
            "lets stop",
            "end the session",
            "let us stop",
        ),
        _words("talking slower pause full"),
    ),
    "repeat": Cues(
        _words("repeat"),
        _words("again say that once more pardon"),
        (
            "say that again",
            "say it again",
            "one more time",
            "once more",
            "come again",
            "what did you say",
            "what was that",
            "again please",
            "i missed that",
        ),
        _words("start over beginning hear heard"),
    ),
    "slower": Cues(
        _words("slower"),
        _words("slow slowly down speak talk too fast please"),
        (
            "slow down",
            "too fast",
            "speak more slowly",
            "talk more slowly",
            "a bit slower",
            "more slowly please",
        ),
        _words("i my want work me"),
    ),
    "faster": Cues(
        _words("faster"),
        _words("fast speed up speak talk too slow please quicker"),
        ("speed up", "too slow", "speak faster", "talk faster", "a bit faster"),
        _words("i my want work me"),
    ),
    "explain": Cues(
        _words("explain why"),
        _words("mean understand reason what how because"),
        (
            "what do you mean",
            "tell me why",
            "how so",
            "i dont understand",
            "i do not understand",
            "tell me more",
            "more about that",
        ),
        _words("hear heard"),
    ),
    "restart": Cues(
        _words("restart"),
        _words("start again over beginning try new take fresh redo"),
        (
            "start again",
            "start over",
            "from the beginning",
            "from the start",
            "try again",
            "begin again",
            "new take",
            "another take",
            "another try",
            "one more take",
        ),
        _words("say repeat"),
    ),
    "heard": Cues(
        (),
        _words("hear heard understand understood catch what did you my words"),
        (
            "what did you hear",
            "what have you heard",
            "did you hear",
            "can you hear me",
            "what did i say",
            "what you heard",
        ),
    ),
    "more": Cues(
        (),
        _words("another else more different other suggestion advice exercise tip next"),
        (
            "what else",
            "anything else",
            "another suggestion",
            "another exercise",
            "one more suggestion",
            "another tip",
            "something else",
            "next suggestion",
        ),
        _words("take try time"),
    ),
    "resume": Cues(
        _words("continue"),
        _words("go on keep going carry"),
        ("go on", "go ahead and finish", "keep going", "carry on", "please continue"),
    ),
    "help": Cues(
        _words("help"),
        _words("can do what you how options"),
        ("what can you do", "how does this work", "what can i say", "what now", "what should i do"),
    ),
    "ready": Cues(
        _words("ready"),
        _words("start begin now go here lets"),
        ("i am ready", "im ready", "here we go", "lets go", "let us begin", "lets start"),
        _words("again over not"),
    ),
    "thanks": Cues(_words("thanks"), _words("thank you"), ("thank you",)),
    "no": Cues(_words("no nope nah"), _words("not thanks rather"), ("not really", "no thanks")),
    "yes": Cues(
        _words("yes yeah yep okay ok sure alright certainly absolutely"),
        _words("right good please fine"),
        ("all right", "of course", "sounds good", "yes please", "why not"),
    ),
    "hello": Cues(_words("hello hi hey"), (), ("good morning", "good evening", "good afternoon")),
}
"""In the order in which they win where two are equally likely."""


def intent_of(tokens: Sequence[str]) -> Intent | None:
    """The request that ``tokens`` make, if they are short enough to be one and make one."""
    if not tokens or len(tokens) > LONGEST_REQUEST:
        return None
    scores = {intent: _score(tokens, cues) for intent, cues in CUES.items()}
    best = max(scores, key=lambda intent: scores[intent])
    return best if scores[best] >= _ENOUGH else None


def _score(tokens: Sequence[str], cues: Cues) -> float:
    score = 2.0 * sum(mentions(tokens, word) for word in cues.alone)
    score += 3.0 * sum(has_phrase(tokens, phrase) for phrase in cues.phrases)
    score -= 2.0 * sum(mentions(tokens, word) for word in cues.against)
    together = sum(mentions(tokens, word) for word in cues.together)
    # One such word is in many a sentence; two of few words are a request.
    return score + (together if score > 0 or together * 2 > len(tokens) else 0)
