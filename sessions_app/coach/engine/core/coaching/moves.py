"""The moves of the conversation, each an answer and what is known after it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from evaluations.core.prose import chosen, split_sentences
from evaluations.core.tokens import tokenise
from evaluations.core.tone import violations
from sessions_app.coach.engine.core.coaching import phrases
from sessions_app.coach.engine.core.coaching.state import CoachState, Said
from sessions_app.coach.engine.core.coaching.takes import (
    FEWEST_WORDS,
    HeardTake,
    excerpt,
    feedback_on,
    figures,
    heard_take,
)
from sessions_app.coach.engine.core.coaching.topics import Topic, topic, topic_in

Answer = tuple[tuple[str, ...], CoachState]

KEPT_TAKES: Final = 8


def greet(state: CoachState) -> Answer:
    facts = state.facts
    asked: tuple[str, ...]
    name = " ".join(facts.speaker_name.split()).split(" ")[0]
    hello = f"Hello {name}." if name and not violations(f"Hello {name}.") else "Hello."
    intro = f"{hello} I am your speaking coach."
    goal = topic_in(tokenise(facts.goal)) if facts.goal else None
    if goal is not None:
        asked = (intro, f"Today we listen for {goal.name}.", phrases.INVITATION)
        return asked, saying(replace(state, phase="take", goal=goal.id), asked)
    last = next((one.recommendation for one in facts.speeches if one.recommendation), "")
    again = topic_in(tokenise(last)) if last else None
    if again is not None:
        asked = (intro, f"Last time it was about {again.name}.", phrases.SAME_OR_OTHER)
        return asked, saying(replace(state, phase="goal", goal=again.id), asked)
    asked = (intro, phrases.ASK_GOAL)
    return asked, saying(replace(state, phase="goal"), asked)


def with_goal(state: CoachState, found: Topic) -> Answer:
    lines: tuple[str, ...] = (f"Then we listen for {found.name}.", phrases.INVITATION)
    return lines, saying(replace(state, phase="take", goal=found.id), lines)


def ask_goal(state: CoachState) -> Answer:
    return (phrases.ASK_GOAL,), saying(replace(state, phase="goal"), (phrases.ASK_GOAL,))


def on_take(state: CoachState, turns: Sequence[Said], take: HeardTake) -> Answer:
    if take.metrics.total_words < FEWEST_WORDS:
        lines: tuple[str, ...] = (f"I heard “{excerpt(turns)}”.", phrases.TOO_SHORT)
        return lines, saying(replace(state, phase="take"), lines)
    goal = topic(state.goal)
    before = state.measured[-1] if state.measured else None
    feedback = feedback_on(take, goal, state.used)
    lines = (
        phrases.THANKS,
        *figures(take, goal, before),
        *split_sentences(feedback.commendation),
        chosen(phrases.TURNS, feedback.suggestion),
        *split_sentences(feedback.suggestion),
        chosen(phrases.EXERCISE, feedback.exercise),
        *split_sentences(feedback.exercise),
    )
    heard = excerpt(turns) if turns else take.transcript.text
    state = replace(
        state,
        phase="after",
        feedback=feedback,
        measured=(*state.measured, take.measured)[-KEPT_TAKES:],
        used=(*state.used, feedback.kind)[-KEPT_TAKES:],
        take=tuple(turns),
        heard=heard,
        facts=replace(state.facts, take=None),
    )
    return lines, saying(state, lines[1:])


def restart(state: CoachState) -> Answer:
    goal = topic(state.goal)
    about = f"We still listen for {goal.name}." if goal is not None else ""
    lines = tuple(line for line in (phrases.FRESH, about, phrases.GO_AHEAD) if line)
    return lines, saying(replace(state, phase="take"), lines)


def more(state: CoachState) -> Answer:
    """Another suggestion on the same take."""
    feedback = feedback_on(heard_take(state.take), None, (*state.used, *state.used))
    if feedback.kind in state.used:
        return (phrases.NO_MORE,), state
    lines: tuple[str, ...] = (
        *split_sentences(feedback.suggestion),
        chosen(phrases.EXERCISE, feedback.exercise),
        *split_sentences(feedback.exercise),
    )
    state = replace(state, feedback=feedback, used=(*state.used, feedback.kind)[-KEPT_TAKES:])
    return lines, saying(state, lines)


def saying(state: CoachState, lines: tuple[str, ...]) -> CoachState:
    return replace(state, said=lines)
