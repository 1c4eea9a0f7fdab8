"""A practice take: the coach is silent, the sound is kept, measured, and spoken of. Pure."""

import uuid
from typing import Final

from sessions_app.coach import messages as m
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import RATE, turns_update
from sessions_app.coach.core.relaying import Relaying
from sessions_app.coach.core.snapshot import TakeView
from sessions_app.core.audio import MAX_SPEECH_SECONDS

MOST_SAMPLES: Final = MAX_SPEECH_SECONDS * RATE
_BUSY: Final = {"measuring", "keeping"}
NO_CONSENT: Final = "A take is kept only with its speaker's consent."
DEMO_KEEPS_NOTHING: Final = "The demo keeps nothing. Sign in to keep a take."


class Taking(Relaying):
    """What a browser, and the shell, say of takes."""

    def _take_action(self, message: m.CoachTakeAction) -> None:
        match message.action:
            case "start":
                self._start_take()
            case "stop":
                self._stop_take()
            case "keep":
                self._keep_take(message)
            case "discard":
                self._discard_take()

    def _start_take(self) -> None:
        if self.take is not None and self.take.state in {"recording", *_BUSY}:
            self._notice("refused", f"There is a take already: it is {self.take.state}.")
            return
        self._drop_take()
        # As the speech that it may become is called.
        self.take = TakeView(id=str(uuid.UUID(self.config.new_id())))
        self._do(fx.BeginTake(self.take.id))
        active = self._replies.active
        if active is not None:
            self._replies.give_up(active)
            self._ask({"type": "response.cancel", "response_id": active})
        self._replies.waiting = 0
        self._thinks_since = None
        self._set_turns()
        self._tell_take()

    def _stop_take(self) -> None:
        if self.take is None or self.take.state != "recording":
            self._notice("refused", "There is no take to stop.")
            return
        self.take.state = "measuring"
        self._do(fx.FinishTake(self.take.id))
        self._set_turns()
        self._tell_take()

    def _keep_take(self, message: m.CoachTakeAction) -> None:
        take = self.take
        if take is None or take.state != "ready":
            self._notice("refused", "There is no take to keep.")
        elif self.config.is_demo:
            self._notice("refused", DEMO_KEEPS_NOTHING)
        elif message.consent is None or not message.consent.consent_confirmed:
            self._notice("refused", NO_CONSENT)
        else:
            take.state = "keeping"
            take.message = None
            self._do(fx.KeepTake(take.id, message.title, message.consent))
            self._tell_take()

    def _discard_take(self) -> None:
        if self.take is None or self.take.state == "keeping":
            self._notice("refused", "There is no take to discard.")
            return
        recorded = self.take.state == "recording"
        self._drop_take()
        self.take.state = "discarded"
        self._tell_take()
        self.take = None
        if recorded:
            self._set_turns()

    def _drop_take(self) -> None:
        """Free the sound of a take that nobody keeps."""
        if self.take is not None and self.take.state not in {"kept", "keeping"}:
            self._do(fx.DropTake(self.take.id))

    def _record(self, pcm: bytes) -> None:
        """Sound of the speaker's, which belongs to the take while there is one."""
        take = self.take
        if take is None or take.state != "recording":
            return
        room = (MOST_SAMPLES - take.samples) * 2
        self._do(fx.TakeSound(pcm[:room]))
        take.samples += min(len(pcm), room) // 2
        if take.samples >= MOST_SAMPLES:
            take.message = f"A take ends after {MAX_SPEECH_SECONDS // 60} minutes."
            self._stop_take()

    def _set_turns(self) -> None:
        self.changed = True
        self._ask(turns_update(self.turns, in_take=self.in_take))
        self._show()

    def _tell_take(self) -> None:
        take = self.take
        if take is None:
            return
        self.changed = True
        self._tell(
            m.CoachTake(
                take_id=take.id,
                state=take.state,
                seconds=round(take.samples / RATE, 2),
                metrics=take.metrics,
                transcript=take.transcript,
                speech_url=take.speech_url,
                message=take.message,
            )
        )

    # What the shell says of a take

    def take_measured(
        self, take_id: str, figures: m.TakeFigures, transcript: str, facts: str
    ) -> None:
        """The take is measured: the coach is told ``facts``, and speaks about it."""
        take = self._take(take_id, "measuring")
        if take is None:
            return
        take.state = "ready"
        take.metrics, take.transcript, take.facts = figures, transcript, facts
        self._tell_take()
        if self.engine.is_told:
            content = [{"type": "input_text", "text": facts}]
            item = {
                "id": self.config.new_id(),
                "type": "message",
                "role": "system",
                "content": content,
            }
            self.history.add(item, hidden=True)
            self._ask({"type": "conversation.item.create", "item": item})
        if self._live is None:
            self._replies.waiting += 1
        elif self._replies.want():
            self._ask({"type": "response.create"})
        self._show()

    def take_gone(self, sentence: str) -> None:
        """The sound of the take is not there any more, whatever was to become of it."""
        if self.take is not None:
            self.take.state = "failed"
            self.take.message = sentence
            self.changed = True

    def take_failed(self, take_id: str, sentence: str) -> None:
        """The take cannot be recorded any more, or not be measured."""
        take = self.take
        if take is not None and take.id == take_id and take.state in {"recording", "measuring"}:
            recorded = take.state == "recording"
            take.state = "failed"
            take.message = sentence
            self._do(fx.DropTake(take.id))
            self._tell_take()
            if recorded:
                self._set_turns()

    def take_kept(self, take_id: str, speech_url: str) -> None:
        """The take is a speech of the club now."""
        if (take := self._take(take_id, "keeping")) is not None:
            take.state = "kept"
            take.speech_url = speech_url
            self._tell_take()

    def take_not_kept(self, take_id: str, sentence: str) -> None:
        """Keeping has failed; it may be tried again."""
        if (take := self._take(take_id, "keeping")) is not None:
            take.state = "ready"
            take.message = sentence
            self._tell_take()

    def _take(self, take_id: str, state: str) -> TakeView | None:
        take = self.take
        return take if take is not None and take.id == take_id and take.state == state else None
