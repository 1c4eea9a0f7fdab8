"""Laws of the engine, whatever clients, microphones and decoders do."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.coach import Event
from sessions_app.coach.engine.core.effects import Say, StopListening, Think
from tests.sessions_app.coach.driven import Driven, of, quiet, spoken_words, tone, typed

SENTENCES = (
    "",
    "yes",
    "stop",
    "please repeat that",
    "I want to work on my pauses",
    " ".join(["when I was a child my father took me to the river every summer"] * 3),
)

ACTIONS = st.one_of(
    st.tuples(st.just("speak"), st.sampled_from(SENTENCES), st.integers(1, 12)),
    st.tuples(st.just("silence"), st.integers(1, 15)),
    st.tuples(st.just("wait"), st.integers(1, 60)),
    st.tuples(st.just("release")),
    st.tuples(st.just("rough"), st.sampled_from(SENTENCES)),
    st.tuples(st.just("type"), st.sampled_from(SENTENCES)),
    st.tuples(st.just("create"), st.sampled_from(("audio", "text"))),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("commit")),
    st.tuples(st.just("clear")),
    st.tuples(st.just("truncate"), st.integers(0, 5_000)),
    st.tuples(st.just("delete"), st.integers(0, 8)),
    st.tuples(st.just("detect"), st.sampled_from(("auto", "take", "manual", "no_barge_in"))),
)
DETECTION: dict[str, dict[str, Any]] = {
    "auto": {"create_response": True, "interrupt_response": True},
    "take": {"create_response": False, "interrupt_response": False},
    "no_barge_in": {"create_response": True, "interrupt_response": False},
    "manual": {},
}


def perform(talk: Driven, action: tuple[Any, ...]) -> None:
    match action:
        case ("speak", words, tenths):
            talk.heard.append(words)
            talk.play(tone(tenths / 10) + quiet(0.1))
        case ("silence", tenths):
            talk.play(quiet(tenths / 10))
        case ("wait", tenths):
            talk.wait(tenths / 10)
        case ("rough", words) if talk.sound:
            latest = max(talk.sound)
            talk.session.receive_rough_words(latest, spoken_words(words), talk.now)
            talk.run()
        case ("release",):
            talk.release()
        case ("type", words):
            talk.send("conversation.item.create", item=typed(words))
        case ("create", modality):
            talk.send("response.create", response={"output_modalities": [modality]})
        case ("cancel",):
            talk.send("response.cancel")
        case ("commit",):
            talk.send("input_audio_buffer.commit")
        case ("clear",):
            talk.send("input_audio_buffer.clear")
        case ("truncate", ms):
            spoken = [item for item in talk.session.conversation if item.is_spoken]
            if spoken:
                talk.send(
                    "conversation.item.truncate",
                    item_id=spoken[-1].id,
                    content_index=0,
                    audio_end_ms=ms,
                )
        case ("delete", index):
            items = talk.session.conversation
            if index < len(items):
                talk.send("conversation.item.delete", item_id=items[index].id)
        case ("detect", mode):
            talk.detect(**DETECTION[mode])


def check_order(events: list[Event]) -> None:
    """What clients take for granted: pipecat reads usage unguarded, LiveKit looks items up."""
    assert events[0]["type"] == "session.created"
    assert len({event["event_id"] for event in events}) == len(events)
    active: str | None = None
    items: set[str] = set()
    added: set[str] = set()
    speaking = False
    for event in events:
        match event["type"]:
            case "response.created":
                assert active is None, "one response at a time"
                active = event["response"]["id"]
            case "response.done":
                assert event["response"]["id"] == active
                assert event["response"]["usage"]["total_tokens"] >= 0
                assert event["response"]["status"] != "in_progress"
                active = None
            case "response.output_item.added":
                assert event["response_id"] == active
                items.add(event["item"]["id"])
            case "conversation.item.added":
                assert event["item"]["id"] not in added
                added.add(event["item"]["id"])
                previous = event["previous_item_id"]
                assert previous is None or previous in added
            case "conversation.item.done":
                assert event["item"]["id"] in added
            case "input_audio_buffer.speech_started":
                assert not speaking
                speaking = True
            case "input_audio_buffer.speech_stopped":
                assert speaking
                speaking = False
            case "input_audio_buffer.cleared":
                speaking = False
            case kind if kind.startswith("response."):
                assert event["response_id"] == active
                assert event.get("item_id", event.get("item", {}).get("id")) in items


def check_answers(events: list[Event]) -> None:
    """Each response told its words and its sound once and whole."""
    for done in of(events, "response.done"):
        response = done["response"]
        mine = [event for event in events if event.get("response_id") == response["id"]]
        name = (
            "output_text"
            if response["output_modalities"] == ["text"]
            else "output_audio_transcript"
        )
        deltas = "".join(event["delta"] for event in of(mine, f"response.{name}.delta"))
        (finished,) = of(mine, f"response.{name}.done")
        assert finished.get("transcript", finished.get("text")) == deltas
        (item,) = response["output"]
        content = item["content"][0]
        assert content.get("transcript", content.get("text")) == deltas


@settings(max_examples=80)
@given(
    st.lists(ACTIONS, max_size=25),
    st.sampled_from(((), (StopListening,), (Think,), (Say,), (StopListening, Think, Say))),
    st.sampled_from((0.0, 500.0, 1e9)),
)
def test_whatever_happens_the_order_is_legal(
    actions: list[tuple[Any, ...]], held: tuple[type, ...], lead_ms: float
) -> None:
    talk = Driven(held=held, lead_ms=lead_ms)
    for action in actions:
        perform(talk, action)
    for _ in range(60):
        talk.release()
        talk.wait(5)
    check_order(talk.events)
    check_answers(talk.events)
    codes = {event["error"]["code"] for event in of(talk.events, "error")}
    assert codes <= {
        "conversation_already_has_active_response",
        "input_audio_buffer_commit_empty",
        "invalid_value",
        "response_cancel_not_active",
    }
    open_ones = len(of(talk.events, "response.created")) - len(of(talk.events, "response.done"))
    assert open_ones == 0, "every answer comes to an end"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "session", "item", "audio", "item_id", "response", "content", "role", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
TYPES = (
    "session.update",
    "input_audio_buffer.append",
    "conversation.item.create",
    "conversation.item.truncate",
    "response.create",
    "response.cancel",
    "nonsense",
)


@settings(max_examples=200)
@given(st.sampled_from(TYPES), st.dictionaries(st.text(max_size=8), JSON, max_size=4), JSON)
def test_it_never_raises_at_a_stranger(kind: str, fields: dict[str, Any], value: Any) -> None:
    talk = Driven()
    for name in ("session", "item", "audio", "response", "item_id"):
        talk.sent({"type": kind, name: value, **fields})
    check_order(talk.events)
    assert (
        talk.send("session.update", session={"type": "realtime"})[-1]["type"] == "session.updated"
    )


@settings(max_examples=25)
@given(st.integers(0, 1_000_000), st.integers(1, 40))
def test_how_the_sound_is_cut_changes_nothing(seed: int, longest: int) -> None:
    sound = quiet(0.7) + tone(0.8) + quiet(0.55) + tone(0.03) + quiet(0.3) + tone(0.6) + quiet(0.8)

    def run(sizes: random.Random | None) -> tuple[list[Event], list[bytes]]:
        talk = Driven(held=(Think,))
        talk.heard = ["I want to work on", "my pauses"]
        at = 0
        while at < len(sound):
            size = 960 if sizes is None else 2 * sizes.randint(1, longest * 100)
            talk.play(sound[at : at + size], chunk=size)
            at += size
        told = [event for event in talk.events if event["type"].startswith("input_audio_buffer.")]
        return (
            [{**event, "item_id": "", "previous_item_id": "", "event_id": ""} for event in told],
            list(talk.sound.values()),
        )

    assert run(random.Random(seed)) == run(None)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 12_000), st.booleans()), min_size=1, max_size=8))
def test_a_truncation_within_what_was_sent_is_never_refused(cuts: list[tuple[int, bool]]) -> None:
    """Random stalls and lengths: a client that counts what it played is always right."""
    talk = Driven(lead_ms=700)
    for ms, cough in cuts:
        talk.send("response.create")
        talk.wait(ms / 1_000)
        talk.play(tone(0.15))
        spoken = [item for item in talk.session.conversation if item.is_spoken]
        for item in spoken:
            played = min(ms, item.audio_ms)
            before = len(of(talk.events, "error"))
            talk.send(
                "conversation.item.truncate",
                item_id=item.id,
                content_index=0,
                audio_end_ms=played,
            )
            assert len(of(talk.events, "error")) == before
        talk.heard.append("" if cough else "please repeat that")
        talk.play(quiet(0.6))
        talk.wait(20)
