"""The coach's conversation: a goal, a take, one commendation, one suggestion, one exercise."""

from collections.abc import Sequence
from dataclasses import replace

from evaluations.core.prose import chosen, split_sentences
from evaluations.core.tokens import tokenise
from evaluations.core.tone import violations
from sessions_app.coach.engine.core.coaching import phrases, requests
from sessions_app.coach.engine.core.coaching.intents import intent_of
from sessions_app.coach.engine.core.coaching.moves import (
    Answer,
    greet,
    on_take,
    restart,
    saying,
    with_goal,
)
from sessions_app.coach.engine.core.coaching.requests import Asked
from sessions_app.coach.engine.core.coaching.state import CoachState, Reply, Request, Said
from sessions_app.coach.engine.core.coaching.takes import (
    FEWEST_WORDS,
    excerpt,
    given_take,
    heard_take,
    word_count,
)
from sessions_app.coach.engine.core.coaching.topics import topic_in


def opener(state: CoachState) -> str:
    """What may be said before the words are understood: neither yes nor no."""
    return phrases.OPENERS[state.answers % len(phrases.OPENERS)]


def holds(state: CoachState, turns: Sequence[Said]) -> bool:
    """Whether a silence may be a pause in a take, rather than the end of a request."""
    if state.phase not in {"take", "after"}:
        return word_count(turns) >= FEWEST_WORDS
    tokens = _tokens(turns)
    short = intent_of(tokens) is not None or (state.phase == "after" and len(tokens) <= 8)
    return not short


def recall(state: CoachState, turns: Sequence[Said], answer: str) -> CoachState:
    """What the coach knows after an answer that was given in an earlier conversation."""
    said = split_sentences(answer)
    state = replace(state, said=said, answers=state.answers + 1)
    tokens = _tokens(turns)
    if word_count(turns) >= FEWEST_WORDS:
        return replace(state, phase="after", take=tuple(turns), heard=excerpt(turns))
    found = topic_in(tokens)
    if found is not None and not state.goal:
        return replace(state, goal=found.id, phase="take")
    if state.phase == "start":
        return replace(state, phase="take" if state.goal else "goal")
    return state


def reply(state: CoachState, request: Request) -> Reply:
    """What to say to ``request``. Pure: the same state and request give the same answer."""
    state = replace(state, answers=state.answers + 1)
    sentences, state = _answer(state, request)
    allowed = tuple(one for one in sentences if one and not violations(one))
    if request.opened and allowed and allowed[0] in {*phrases.OPENERS, phrases.THANKS}:
        allowed = allowed[1:]
    return Reply(allowed or (phrases.LISTENING,), state)


def _answer(state: CoachState, request: Request) -> Answer:
    turns = request.turns
    if request.idle and not turns:
        return (phrases.NUDGES[state.phase],), state
    if request.unclear and not turns:
        return (chosen(phrases.UNCLEAR, str(state.answers)),), state
    if not turns:
        return _unprompted(state)
    tokens = _tokens(turns)
    words = word_count(turns)
    intent = intent_of(tokens)
    if intent is not None and words < FEWEST_WORDS:
        answered = requests.answer(state, intent, Asked(tokens, request.unheard))
        if answered is not None:
            return answered
    if words >= FEWEST_WORDS:
        return on_take(state, turns, heard_take(turns))
    return _short(state, turns, tokens)


def _unprompted(state: CoachState) -> Answer:
    """The client asks for an answer, and nobody has said anything new."""
    if state.phase == "start" and state.facts.take is not None:
        return on_take(state, (), given_take(state.facts.take))
    if state.phase == "start":
        return greet(state)
    if state.phase == "done":
        return restart(state)
    return (phrases.GO_ON[state.phase],), state


def _short(state: CoachState, turns: Sequence[Said], tokens: Sequence[str]) -> Answer:
    """Few words, which are no request that is known."""
    found = topic_in(tokens)
    heard = excerpt(turns)
    state = replace(state, heard=heard)
    lines: tuple[str, ...]
    if found is not None and state.phase in {"start", "goal", "after", "done"}:
        return with_goal(state, found)
    if state.phase in {"start", "goal"}:
        if state.phase == "goal" and state.answers > 2:
            # Asked twice: whatever the goal is, a take shows more than another question.
            lines = (f"I heard “{heard}”.", phrases.ANY_GOAL, phrases.INVITATION)
            return lines, saying(replace(state, phase="take"), lines)
        lines = (f"I heard “{heard}”.", phrases.ASK_GOAL_AGAIN)
        return lines, saying(replace(state, phase="goal"), lines)
    if state.phase == "take":
        lines = (f"I heard “{heard}”.", phrases.TOO_SHORT)
        return lines, saying(state, lines)
    lines = (f"I heard “{heard}”.", phrases.OPTIONS)
    return lines, saying(state, lines)


def _tokens(turns: Sequence[Said]) -> tuple[str, ...]:
    return tuple(token for said in turns for token in tokenise(said.text))
