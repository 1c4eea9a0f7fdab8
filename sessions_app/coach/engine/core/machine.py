"""The built-in engine: client events, words, thoughts and sound go in; effects come out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, assert_never

from evaluations.core.shapes import Word
from sessions_app.coach import CoachContext
from sessions_app.coach.engine.core.answering import Answering
from sessions_app.coach.engine.core.coaching.state import CoachState, Facts, Reply, Said
from sessions_app.coach.engine.core.detector import Started, Stopped
from sessions_app.coach.engine.core.effects import Effect, Send
from sessions_app.coach.engine.core.hearing import Hearing, Spoken
from sessions_app.coach.engine.core.replying import Replying
from sessions_app.coach.protocol import server
from sessions_app.coach.protocol.client import (
    AudioAppend,
    AudioClear,
    AudioCommit,
    ItemCreate,
    ItemDelete,
    ItemRetrieve,
    ItemTruncate,
    OutputAudioClear,
    ResponseCancel,
    ResponseCreate,
    ResponseParams,
    SessionUpdate,
    event_id_of,
    read_audio,
    read_client_event,
)
from sessions_app.coach.protocol.errors import ClientError, Code
from sessions_app.coach.protocol.items import ContentKind, Conversation, Item, read_item
from sessions_app.coach.protocol.session import Audio, Output, Session, session_fields, updated

PATIENCE_SECONDS: Final = 1.5
LEAD_MS: Final = 5_000.0


class EngineSession:
    """One conversation, without I/O.

    Feed it by ``receive…`` and ``tick``, then do its ``effects``. It never raises at a client,
    never reads a clock, and gives the same events however the sound was cut.

    Args:
        new_id: makes an id that was never given before, beginning with what it is told.
        model: the name that the session goes by.
        patience: seconds of silence, beyond the turn's own, that end a take.
        lead_ms: how far the sound sent may run ahead of being heard.
    """

    def __init__(
        self,
        context: CoachContext,
        new_id: Callable[[str], str],
        model: str = "builtin",
        patience: float = PATIENCE_SECONDS,
        lead_ms: float = LEAD_MS,
    ) -> None:
        self._new_id = new_id
        self._effects: list[Effect] = []
        self._conversation = Conversation()
        self._hearing = Hearing(self._emit, new_id)
        self._replying = Replying(self._emit, self._conversation, lead_ms)
        facts = Facts(context.speaker_name, context.goal, context.speeches, context.take)
        self._answering = Answering(
            self._emit,
            new_id,
            self._conversation,
            self._hearing,
            self._replying,
            CoachState(facts),
            patience,
        )
        self._session_id = new_id("sess")
        voice = Output(voice=context.voice) if context.voice else Output()
        self._session = Session(
            type="realtime",
            model=model,
            instructions=context.instructions,
            audio=Audio(output=voice),
        )
        self._configure(self._session)
        self._has_spoken = False
        self._send(server.session_created(session_fields(self._session, self._session_id)))
        for turn in context.history:
            kind: ContentKind = "output_text" if turn.role == "assistant" else "input_text"
            item = Item(turn.item_id or new_id("item"), turn.role, kind, turn.text)
            if item.id not in self._conversation:
                self._conversation.add(item)
                self._take_in(item)

    @property
    def conversation(self) -> tuple[Item, ...]:
        """What was said, in order."""
        return self._conversation.items

    def effects(self) -> list[Effect]:
        """What is to be done, in order, since this was asked last."""
        effects = self._effects.copy()
        self._effects.clear()
        return effects

    def receive(self, event: Mapping[str, Any], now: float) -> None:
        """Take a client event."""
        try:
            self._receive(event, now)
        except ClientError as wrong:
            self._send(server.error(wrong, event_id_of(event)))
        self._answering.advance(now)

    def receive_rough_words(self, turn: int, words: tuple[Word, ...], now: float) -> None:
        """Take what the words of a turn are taken for so far."""
        self._answering.rough_words(turn, words)
        self._answering.advance(now)

    def receive_words(
        self, number: int, words: tuple[Word, ...], now: float, *, failed: bool = False
    ) -> None:
        """Take the words of a turn; ``failed`` says that nobody could listen."""
        turn = self._answering.words(number, words, failed=failed)
        if turn is not None:
            self._tell_words(turn, failed=failed)
        self._answering.advance(now)

    def receive_thought(self, number: int, reply: Reply | None, now: float) -> None:
        """Take the reply to a ``Think``; None where it could not be worked out."""
        self._answering.thought(number, reply, now)
        self._answering.advance(now)

    def receive_voice(self, number: int, pcm: bytes, now: float) -> None:
        """Take sound (PCM16LE, 24 kHz) of a sentence; b"" says that it is complete."""
        self._has_spoken = self._has_spoken or bool(pcm)
        self._replying.receive_voice(number, pcm, now)
        self._answering.advance(now)

    def receive_voice_lost(self, number: int, sentence: str, now: float) -> None:
        """A sentence cannot be spoken; ``sentence`` says why."""
        active = self._replying.active
        if active is not None and active.number == number:
            self._answering.failed(sentence)
        self._answering.advance(now)

    def tick(self, now: float) -> None:
        """Let time pass; see ``wakes_at``."""
        stopped = self._hearing.stalled(now)
        if stopped is not None:
            self._speech_stopped(stopped, now)
        self._answering.advance(now)

    @property
    def wakes_at(self) -> float | None:
        """When ``tick`` is to be called, if nothing happens before."""
        times = (self._hearing.stalls_at, self._answering.wakes_at)
        return min((time for time in times if time is not None), default=None)

    def _receive(self, event: Mapping[str, Any], now: float) -> None:
        match read_client_event(event):
            case SessionUpdate(session=patch):
                self._update(updated(self._session, patch, has_spoken=self._has_spoken), now)
            case AudioAppend(audio=audio):
                self._append(read_audio(audio), now)
            case AudioCommit():
                turn = self._hearing.commit(now)
                if self._session.audio.input.turn_detection is not None:
                    self._send(server.speech_stopped(turn.item_id, self._hearing.ms))
                self._commit(turn)
            case AudioClear():
                self._hearing.clear()
                self._send(server.cleared())
            case ItemCreate(item=given, previous_item_id=previous):
                item = read_item(given, self._new_id("item"))
                after = self._conversation.add(item, previous)
                self._send(server.item_added(item, after))
                self._send(server.item_done(item, after))
                self._take_in(item)
            case ItemRetrieve(item_id=item_id):
                self._send(server.item_retrieved(self._item(item_id, "retrieve")))
            case ItemTruncate() as truncate:
                self._truncate(truncate)
            case ItemDelete(item_id=item_id):
                self._delete(item_id)
            case ResponseCreate(response=params):
                self._answering.requested(params or ResponseParams(), now)
            case ResponseCancel(response_id=response_id):
                self._cancel(response_id)
            case OutputAudioClear():
                pass
            case unknown:
                assert_never(unknown)

    def _update(self, session: Session, now: float) -> None:
        if session.audio.input.turn_detection is None and self._hearing.is_in_speech:
            # From here on the client ends turns; this one is heard to where it has come.
            self._speech_stopped(Stopped(self._hearing.samples), now)
        if _is_silent(session) and not _is_silent(self._session):
            self._answering.take_began()
        self._session = session
        self._configure(session)
        self._send(server.session_updated(session_fields(session, self._session_id)))

    def _configure(self, session: Session) -> None:
        self._hearing.configure(session)
        self._answering.session = session

    def _append(self, pcm: bytes, now: float) -> None:
        for change in self._hearing.push(pcm, now):
            match change:
                case Started():
                    turn = self._hearing.begin(change)
                    start_ms = turn.start * 1000 // 24_000
                    self._send(server.speech_started(turn.item_id, start_ms))
                    self._answering.speech_started()
                case Stopped():
                    self._speech_stopped(change, now)

    def _speech_stopped(self, stopped: Stopped, now: float) -> None:
        turn = self._hearing.end(stopped, now)
        if turn is None:
            return
        detection = self._session.audio.input.turn_detection
        turn.wants_answer = detection is not None and detection.create_response
        turn.in_take = _is_silent(self._session)
        self._send(server.speech_stopped(turn.item_id, self._hearing.ms))
        self._commit(turn)

    def _commit(self, turn: Spoken) -> None:
        item = Item(turn.item_id, "user", "input_audio")
        previous = self._conversation.add(item)
        self._send(server.committed(item.id, previous))
        self._send(server.item_added(item, previous))
        self._send(server.item_done(item, previous))
        self._answering.committed(turn)

    def _tell_words(self, turn: Spoken, *, failed: bool) -> None:
        text = " ".join(word.word for word in turn.words)
        text = text[:1].upper() + text[1:]
        item = self._conversation.get(turn.item_id)
        if item is not None:
            self._conversation.replace(replace(item, text=text))
        if self._session.audio.input.transcription is None:
            return
        if failed:
            why = "The built-in transcription had no time for these words."
            self._send(server.transcription_failed(turn.item_id, why))
            return
        if text:
            self._send(server.transcription_delta(turn.item_id, text))
        self._send(server.transcription_completed(turn.item_id, text, turn.seconds))

    def _take_in(self, item: Item) -> None:
        """What a client puts into the conversation was said, typed or answered."""
        if item.other or not item.text:
            return
        if item.role == "user":
            self._answering.heard(Said(item.text), owed=False)
        elif item.role == "assistant":
            self._answering.recalled(item.text)

    def _item(self, item_id: str, doing: str) -> Item:
        item = self._conversation.get(item_id)
        if item is None:
            codes: dict[str, Code] = {
                "retrieve": "item_retrieve_invalid_item_id",
                "truncate": "item_truncate_invalid_item_id",
                "delete": "item_delete_invalid_item_id",
            }
            raise ClientError(
                codes[doing],
                f"Error: cannot {doing} the item with id '{item_id}': it does not exist.",
                "item_id",
            )
        return item

    def _truncate(self, event: ItemTruncate) -> None:
        item = self._item(event.item_id, "truncate")
        active = self._replying.active
        if active is not None and active.item.id == item.id:
            # What follows a cut has no meaning.
            self._answering.cancel("client_cancelled")
            item = self._item(event.item_id, "truncate")
        if not item.is_spoken:
            raise ClientError(
                "invalid_value", "Only model output audio messages can be truncated.", "item_id"
            )
        if event.content_index != 0:
            raise ClientError(
                "invalid_value", "Invalid value for 'content_index': it must be 0.", "content_index"
            )
        if event.audio_end_ms > item.audio_ms:
            raise ClientError(
                "invalid_value",
                f"Audio content of {item.audio_ms}ms is already shorter than "
                f"{event.audio_end_ms}ms",
                "audio_end_ms",
            )
        heard = self._answering.truncated(item.id, event.audio_end_ms)
        cut = replace(item, text=heard, audio_ms=event.audio_end_ms, status="incomplete")
        self._conversation.replace(cut)
        self._send(server.item_truncated(item.id, event.audio_end_ms))

    def _delete(self, item_id: str) -> None:
        self._item(item_id, "delete")
        active = self._replying.active
        if active is not None and active.item.id == item_id:
            self._answering.cancel("client_cancelled")
        self._conversation.remove(item_id)
        self._answering.deleted(item_id)
        self._send(server.item_deleted(item_id))

    def _cancel(self, response_id: str | None) -> None:
        active = self._replying.active
        if active is None or response_id not in {None, active.response.id}:
            raise ClientError(
                "response_cancel_not_active", "Cancellation failed: no active response found"
            )
        self._answering.cancel("client_cancelled")

    def _send(self, event: server.Fields) -> None:
        self._emit(Send(event))

    def _emit(self, effect: Effect) -> None:
        if isinstance(effect, Send):
            effect = Send({**effect.event, "event_id": self._new_id("event")})
        self._effects.append(effect)


def _is_silent(session: Session) -> bool:
    """Whether speech is told of and never answered, as in a practice take."""
    detection = session.audio.input.turn_detection
    return detection is not None and not (detection.create_response or detection.interrupt_response)
