"""What the coach says: true to what was heard, about the goal, and another thing for each take."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.core.evidence import find_quote
from evaluations.core.shapes import Word
from evaluations.core.tokens import tokenise
from evaluations.core.tone import violations
from sessions_app.coach import PastSpeech, Take
from sessions_app.coach.engine.core.coaching import brain, phrases
from sessions_app.coach.engine.core.coaching.intents import intent_of
from sessions_app.coach.engine.core.coaching.state import CoachState, Facts, Reply, Request, Said
from sessions_app.coach.engine.core.coaching.takes import heard_take
from sessions_app.coach.engine.core.coaching.topics import TOPICS, topic_in
from tests.sessions_app.coach.driven import spoken_words

RIVER = (
    "when I was a child my father took me to the river every summer we did not catch many fish but "
    "we talked about the future today I want to tell you why those long hours by the water changed "
    "my life first they taught me to be patient second they taught me to listen"
)
BRIDGE = (
    "have you ever stood on a bridge at night and counted the cars last year four thousand people "
    "crossed ours without looking down once the engineers told us it would hold for ninety years "
    "and it held for thirty so I ask every one of you to write to the council tomorrow morning"
)


def said(text: str, rate: float = 0.4) -> Said:
    words = spoken_words(text, rate=rate)
    return Said(text, words, words[-1].end_time if words else 0.0)


def answer(state: CoachState, *texts: str, rate: float = 0.4, asked: bool = False) -> Reply:
    return brain.reply(state, Request(tuple(said(text, rate) for text in texts), asked=asked))


def after(text: str = RIVER, goal: str = "") -> CoachState:
    """A coach that has spoken about a take."""
    return answer(CoachState(phase="take", goal=goal), text).state


def text_of(reply: Reply) -> str:
    return " ".join(reply.sentences)


def quotes(text: str) -> list[str]:
    return re.findall(r"“([^”]+)”", text)


class TestTheConversation:
    def test_it_asks_for_a_goal_then_for_a_take_then_speaks_about_it(self) -> None:
        hello = brain.reply(CoachState(Facts(speaker_name="Ada Lovelace")), Request(asked=True))
        assert hello.sentences[0].startswith("Hello Ada.")
        assert hello.sentences[-1] == phrases.ASK_GOAL
        goal = answer(hello.state, "I would like to use fewer filler words")
        assert "we listen for filler words" in text_of(goal)
        feedback = text_of(answer(goal.state, RIVER))
        assert "You said" in feedback or "“" in feedback
        assert "exercise" in feedback or "Try it" in feedback
        assert "filler" in feedback

    def test_a_known_goal_is_not_asked_for(self) -> None:
        hello = brain.reply(CoachState(Facts(goal="Pause after each point")), Request(asked=True))
        assert "we listen for your pauses" in text_of(hello)
        assert hello.state.phase == "take"

    def test_the_last_speech_is_taken_up(self) -> None:
        speeches = (PastSpeech(recommendation="Slow down in the middle, it ran fast."),)
        hello = brain.reply(CoachState(Facts(speeches=speeches)), Request(asked=True))
        assert "your pace" in text_of(hello)
        assert "we listen for your pace" in text_of(answer(hello.state, "yes please"))
        assert phrases.ASK_GOAL in text_of(answer(hello.state, "no"))

    def test_who_simply_speaks_is_listened_to(self) -> None:
        assert "I heard" in text_of(answer(CoachState(), RIVER))

    def test_it_does_not_ask_for_the_goal_for_ever(self) -> None:
        state = brain.reply(CoachState(), Request(asked=True)).state
        for text in ("purple monkeys", "marmalade"):
            reply = answer(state, text)
            assert f"“{text}”" in text_of(reply)
            state = reply.state
        assert answer(state, "marmalade").state.phase == "take"

    def test_too_little_is_said_to_be_too_little(self) -> None:
        reply = answer(CoachState(phase="take"), "when I was a child", asked=True)
        assert phrases.TOO_SHORT in reply.sentences
        assert "“when I was a child”" in text_of(reply)

    def test_a_take_measured_elsewhere_is_spoken_of(self) -> None:
        measured = heard_take((said(RIVER),))
        take = Take(measured.transcript, measured.metrics)
        reply = brain.reply(CoachState(Facts(take=take)), Request(asked=True))
        assert "I heard" in text_of(reply)
        assert reply.state.phase == "after"


class TestFeedback:
    @pytest.mark.parametrize("text", [RIVER, BRIDGE])
    @pytest.mark.parametrize("goal", ["", *(topic.id for topic in TOPICS)])
    def test_every_quote_was_said(self, text: str, goal: str) -> None:
        reply = answer(CoachState(phase="take", goal=goal), text)
        own = " ".join(tokenise(text))
        for quote in quotes(text_of(reply)):
            named = " ".join(tokenise(quote))
            made_up_lines = {"um", "uh", "so tonight", "my first point is this", "first", "finally"}
            assert named in own or named in made_up_lines or "?" in quote or "point" in quote, quote

    def test_the_commendation_passes_the_rule_of_evidence(self) -> None:
        feedback = after().feedback
        assert feedback is not None
        words = spoken_words(RIVER)
        assert any(find_quote(quote, words, 10.0) for quote in quotes(feedback.commendation))

    def test_different_speeches_are_told_different_things(self) -> None:
        one, other = after(RIVER).feedback, after(BRIDGE).feedback
        assert one is not None
        assert other is not None
        assert one.commendation != other.commendation
        assert one.exercise != other.exercise

    def test_the_goal_decides_what_is_suggested(self) -> None:
        kinds = {goal: after(BRIDGE, goal).feedback.kind for goal in ("opening", "pauses", "")}  # type: ignore[union-attr]
        assert kinds["pauses"] in {"key_pause", "long_stretch", "hesitation"}

    def test_the_next_take_is_compared(self) -> None:
        state = after(RIVER)
        reply = answer(state, RIVER, rate=0.3)
        assert "more a minute than in the take before" in text_of(reply)

    def test_the_next_take_is_told_something_else(self) -> None:
        state = after(RIVER)
        reply = answer(state, RIVER)
        assert reply.state.feedback is not None
        assert state.feedback is not None
        assert reply.state.feedback.kind != state.feedback.kind

    def test_pace_is_not_made_up_for_typed_words(self) -> None:
        reply = brain.reply(CoachState(phase="take"), Request((Said(RIVER),), asked=True))
        assert "a minute" not in text_of(reply)
        assert "words from you" in text_of(reply)

    def test_the_same_take_is_told_the_same(self) -> None:
        state = CoachState(phase="take", goal="pace")
        assert answer(state, RIVER) == answer(state, RIVER)


class TestRequests:
    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("please repeat that", "repeat"),
            ("these repeat that", "repeat"),
            ("can you say that again", "repeat"),
            ("one more time please", "repeat"),
            ("slow down please", "slower"),
            ("you are too fast", "slower"),
            ("speak slower", "slower"),
            ("speak faster please", "faster"),
            ("can you explain why", "explain"),
            ("then you explain why", "explain"),
            ("what do you mean", "explain"),
            ("let me start again", "restart"),
            ("from the beginning", "restart"),
            ("what did you hear", "heard"),
            ("can you hear me", "heard"),
            ("what did i say", "heard"),
            ("stop", "stop"),
            ("let's stop here", "stop"),
            ("goodbye", "stop"),
            ("that is all for today", "stop"),
            ("what else", "more"),
            ("give me another exercise", "more"),
            ("please continue", "resume"),
            ("help", "help"),
            ("what can you do", "help"),
            ("i am ready", "ready"),
            ("thank you very much", "thanks"),
            ("yes please", "yes"),
            ("okay", "yes"),
            ("no", "no"),
            ("hello", "hello"),
            ("i like bridges in the rain", None),
            ("my father was a fisherman", None),
            (RIVER, None),
            ("", None),
        ],
    )
    def test_they_are_understood(self, text: str, intent: str | None) -> None:
        assert intent_of(tokenise(text)) == intent

    def test_repeat(self) -> None:
        state = after()
        reply = answer(state, "please repeat that")
        assert reply.sentences == (phrases.ONCE_MORE, *state.said)
        assert answer(reply.state, "please repeat that").sentences == reply.sentences

    def test_slower_and_faster(self) -> None:
        slower = answer(after(), "slow down please")
        assert slower.state.speed == pytest.approx(0.85)
        assert answer(slower.state, "speak faster").state.speed > 0.9
        state = slower.state
        for _ in range(20):
            state = answer(state, "slow down please").state
        assert state.speed == pytest.approx(0.6)

    def test_a_wish_to_speak_more_slowly_is_a_goal(self) -> None:
        reply = answer(CoachState(phase="goal"), "I want to speak more slowly")
        assert reply.state.goal == "pace"
        assert reply.state.speed == 1.0

    def test_explain(self) -> None:
        state = after()
        assert state.feedback is not None
        assert state.feedback.reason in text_of(answer(state, "please explain why"))

    def test_what_did_you_hear(self) -> None:
        assert "when I was a child" in text_of(answer(after(), "what did you hear"))
        assert phrases.NOTHING_HEARD in text_of(answer(CoachState(), "what did you hear"))

    def test_start_again(self) -> None:
        reply = answer(after(goal="pace"), "let me start again")
        assert reply.state.phase == "take"
        assert "your pace" in text_of(reply)

    def test_stop_leaves_one_thing_to_do(self) -> None:
        state = after()
        assert state.feedback is not None
        reply = answer(state, "stop")
        assert state.feedback.action in text_of(reply)
        assert reply.state.phase == "done"

    def test_another_suggestion(self) -> None:
        state = after()
        reply = answer(state, "what else")
        assert reply.state.feedback is not None
        assert state.feedback is not None
        assert reply.state.feedback.kind != state.feedback.kind

    def test_another_goal(self) -> None:
        assert answer(after(), "I want to work on my opening").state.goal == "opening"

    def test_go_on_after_an_interruption(self) -> None:
        request = Request((said("please continue"),), unheard=("One thing.", "And another."))
        assert brain.reply(after(), request).sentences == request.unheard

    def test_what_is_not_understood_is_said_back(self) -> None:
        reply = answer(after(), "marmalade on the moon")
        assert "“marmalade on the moon”" in text_of(reply)
        assert phrases.OPTIONS in reply.sentences


class TestTopics:
    @pytest.mark.parametrize(
        ("text", "topic"),
        [
            ("I want to speak more slowly", "pace"),
            ("my pace", "pace"),
            ("too many fillers", "fillers"),
            ("I say um and you know all the time", "fillers"),
            ("longer pauses", "pauses"),
            ("the first sentence", "opening"),
            ("a better ending", "closing"),
            ("I want to be more clear", "structure"),
            ("I am monotone", "voice"),
            ("telling stories", "story"),
            ("shorter sentences", "words"),
            ("asking the audience questions", "audience"),
            ("marmalade", None),
        ],
    )
    def test_they_are_understood(self, text: str, topic: str | None) -> None:
        found = topic_in(tokenise(text))
        assert (found.id if found else None) == topic


class TestHolding:
    def test_a_request_is_answered_at_once(self) -> None:
        assert not brain.holds(CoachState(phase="take"), (said("stop"),))
        assert not brain.holds(CoachState(phase="goal"), (said("my pace"),))

    def test_a_take_is_not_interrupted_in_a_pause(self) -> None:
        assert brain.holds(CoachState(phase="take"), (said("when I was a child"),))
        assert brain.holds(CoachState(phase="after"), (said(RIVER),))


TEXTS = st.one_of(
    st.sampled_from([RIVER, BRIDGE, "yes", "no", "stop", "please repeat that", "my pauses", "why"]),
    st.lists(
        st.sampled_from(
            [*RIVER.split(), *BRIDGE.split(), "um", "slow", "again", "you", "%", "“x”"]
        ),
        max_size=60,
    ).map(" ".join),
)


@settings(max_examples=80)
@given(
    st.lists(TEXTS, max_size=6), st.sampled_from(["", "terrible %", "Ada", "<b>", "your nerves"])
)
def test_whatever_is_said_the_answer_keeps_to_the_rules(texts: list[str], name: str) -> None:
    state = CoachState(Facts(speaker_name=name, goal=name))
    state = brain.reply(state, Request(asked=True)).state
    heard = ""
    for text in texts:
        heard += f" {text}"
        reply = answer(state, text) if text.split() else brain.reply(state, Request(unclear=True))
        assert reply.sentences
        for sentence in reply.sentences:
            assert sentence.strip()
            assert not violations(sentence), sentence
        state = reply.state
    assert len(state.used) <= 8
    assert len(state.measured) <= 8


def test_all_of_its_own_sentences_keep_to_the_tone() -> None:
    own = {name: value for name, value in vars(phrases).items() if name.isupper()}
    assert len(own) > 20
    for value in own.values():
        sentences = value.values() if isinstance(value, dict) else value
        for sentence in (value,) if isinstance(value, str) else sentences:
            assert not violations(sentence), sentence


def test_doubtful_words_are_not_quoted_while_others_will_do() -> None:
    sure = spoken_words(RIVER)
    doubtful = tuple(
        replace_confidence(word, 0.3) if at < 30 else word for at, word in enumerate(sure)
    )
    reply = brain.reply(CoachState(phase="take"), Request((Said(RIVER, doubtful, 25.0),)))
    feedback = reply.state.feedback
    assert feedback is not None
    for quote in quotes(feedback.commendation):
        found = find_quote(quote, doubtful, 12.0)
        if found is not None:
            heard = doubtful[found.first : found.last]
            assert sum(word.confidence for word in heard) / len(heard) >= 0.6


def replace_confidence(word: Word, confidence: float) -> Word:
    return word.model_copy(update={"confidence": confidence})


def test_an_earlier_conversation_is_taken_up() -> None:
    state = brain.recall(CoachState(), (), "Hello. What would you like to work on?")
    state = brain.recall(state, (Said("my pauses"),), "Then we listen for your pauses.")
    assert (state.phase, state.goal) == ("take", "pauses")
    state = brain.recall(state, (Said(RIVER),), "Thank you. One suggestion.")
    assert state.phase == "after"
    assert answer(state, "please repeat that").sentences[1:] == ("Thank you.", "One suggestion.")
    assert replace(state).heard.startswith("when I was")
