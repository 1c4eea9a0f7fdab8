"""Answers to short requests: repeat, slower, explain, start again, and so on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from evaluations.core.prose import split_sentences
from sessions_app.coach.engine.core.coaching import phrases
from sessions_app.coach.engine.core.coaching.intents import Intent
from sessions_app.coach.engine.core.coaching.moves import (
    Answer,
    ask_goal,
    greet,
    more,
    restart,
    with_goal,
)
from sessions_app.coach.engine.core.coaching.state import CoachState
from sessions_app.coach.engine.core.coaching.topics import topic, topic_in

SLOWER: Final = 0.85
FASTER: Final = 1.15
SLOWEST: Final = 0.6
FASTEST: Final = 1.35


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in its words, and what is left of an answer that was cut off."""

    tokens: tuple[str, ...]
    unheard: tuple[str, ...]

    @property
    def names_topic(self) -> bool:
        return topic_in(self.tokens) is not None

    @property
    def is_about_speaker(self) -> bool:
        """Whether somebody speaks of their own speaking, and not of the coach's."""
        return bool({"i", "my", "me", "myself", "im"} & set(self.tokens))


def answer(state: CoachState, intent: Intent, asked: Asked) -> Answer | None:
    """The answer to a request; None where it makes no sense just now, so was no request."""
    return _ANSWERS[intent](state, asked)


def _stop(state: CoachState, _asked: Asked) -> Answer:
    lines = [phrases.STOPPING]
    if state.feedback is not None:
        lines.append(f"For next time, one thing: {state.feedback.action}.")
    lines.append(phrases.GOODBYE)
    return tuple(lines), replace(state, phase="done")


def _repeat(state: CoachState, _asked: Asked) -> Answer:
    return _again(state, phrases.ONCE_MORE)


def _slower(state: CoachState, asked: Asked) -> Answer | None:
    if asked.is_about_speaker:
        return None
    slower = max(SLOWEST, round(state.speed * SLOWER, 3))
    return _again(replace(state, speed=slower), phrases.SLOWER)


def _faster(state: CoachState, asked: Asked) -> Answer | None:
    if asked.is_about_speaker:
        return None
    faster = min(FASTEST, round(state.speed * FASTER, 3))
    return _again(replace(state, speed=faster), phrases.FASTER)


def _again(state: CoachState, lead: str) -> Answer:
    if not state.said:
        return (lead, phrases.GO_ON[state.phase]), state
    return (lead, *state.said), state


def _explain(state: CoachState, _asked: Asked) -> Answer | None:
    feedback = state.feedback
    if feedback is None:
        return None
    goal = topic(state.goal)
    why = goal.why if goal is not None and feedback.kind in goal.kinds else ""
    lines = (feedback.reason, why, *split_sentences(feedback.attempt))
    return tuple(line for line in lines if line), state


def _restart(state: CoachState, _asked: Asked) -> Answer:
    return restart(state)


def _heard(state: CoachState, _asked: Asked) -> Answer:
    if not state.heard:
        return (phrases.NOTHING_HEARD,), state
    return (f"The last I heard was “{state.heard}”.", phrases.MISHEARD), state


def _more(state: CoachState, _asked: Asked) -> Answer | None:
    return more(state) if state.take else None


def _resume(state: CoachState, asked: Asked) -> Answer | None:
    if asked.unheard:
        return asked.unheard, state
    return _ready(state, asked)


def _ready(state: CoachState, asked: Asked) -> Answer | None:
    if state.phase in {"start", "goal"} and not state.goal:
        return None if asked.names_topic else ask_goal(state)
    return (phrases.GO_AHEAD,), replace(state, phase="take")


def _help(state: CoachState, _asked: Asked) -> Answer:
    return split_sentences(phrases.HELP), state


def _thanks(state: CoachState, _asked: Asked) -> Answer:
    return (phrases.WELCOME, phrases.GO_ON[state.phase]), state


def _hello(state: CoachState, _asked: Asked) -> Answer:
    return greet(state) if state.phase == "start" else ((phrases.GO_ON[state.phase],), state)


def _yes(state: CoachState, asked: Asked) -> Answer | None:
    if asked.names_topic:
        return None
    if state.phase in {"start", "goal"}:
        goal = topic(state.goal)
        return with_goal(state, goal) if goal is not None else ask_goal(state)
    return (phrases.GO_AHEAD,), replace(state, phase="take")


def _no(state: CoachState, asked: Asked) -> Answer | None:
    if asked.names_topic:
        return None
    if state.phase in {"start", "goal"}:
        return ask_goal(replace(state, goal=""))
    return (phrases.OPTIONS,), state


_ANSWERS: Final[Mapping[Intent, Callable[[CoachState, Asked], Answer | None]]] = {
    "stop": _stop,
    "repeat": _repeat,
    "slower": _slower,
    "faster": _faster,
    "explain": _explain,
    "restart": _restart,
    "heard": _heard,
    "more": _more,
    "resume": _resume,
    "help": _help,
    "ready": _ready,
    "thanks": _thanks,
    "no": _no,
    "yes": _yes,
    "hello": _hello,
}
