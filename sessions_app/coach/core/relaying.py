"""What comes from the upstream: passed on, kept as history, or dealt with here. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sessions_app.coach import Event
from sessions_app.coach.core import costs, faults
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import TAKES_TOOL
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.core.linked import Linked
from sessions_app.coach.protocol.beta import modern
from sessions_app.contract.close_codes import CloseCode

NO_ACTIVITY_SECONDS: Final = 8.0
"""After so long nobody expects an answer to what was heard any more."""
MOST_UNREAD_BYTES: Final = 6 * 1024 * 1024
"""A minute and a half of sound: no engine is so far ahead of a page that says that it reads."""
_FAMILIES: Final = ("conversation.", "input_audio_buffer.", "response.")
_OURS_ALONE: Final = ("response.function_call_arguments.", "response.mcp_call")


class Relaying(Linked):
    """The way from the upstream to the browser."""

    _active_at = 0.0
    """When somebody last spoke or did something."""
    _unread = 0
    """Bytes of sound that were sent since the browser last said that it reads."""

    def receive_upstream(self, number: int, event: Event, now: float) -> None:
        """Act on an event of connection ``number``. Never raises, whatever it is."""
        event = modern(event)
        if not isinstance(event.get("type"), str):
            return
        link = self._link
        reserve = self._reserve
        if reserve is not None and reserve.number == number:
            if event["type"] == "error":
                self._error(event, now, of_reserve=True)
            else:
                self._configure(reserve, event, now)
        elif link is not None and link.number == number:
            if event["type"] == "error":
                self._error(event, now)
            elif link.phase == "live":
                self._relay(event, now)
            elif self._configure(link, event, now):
                self._go_live(event)

    def _relay(self, event: Event, now: float) -> None:
        kind = event["type"]
        if not kind.startswith(_FAMILIES) or kind.startswith(_OURS_ALONE):
            return
        if kind.startswith("response."):
            shown = self._response_event(event, now)
        elif kind.startswith("input_audio_buffer."):
            shown = self._hearing_event(kind, now)
        else:
            shown = self._item_event(event)
        if shown:
            self._do(fx.Tell(event))
        self._next_reply()
        self._show()

    # What the speaker says

    def _hearing_event(self, kind: str, now: float) -> bool:
        match kind.removeprefix("input_audio_buffer."):
            case "speech_started":
                self._speaking_user = True
                self._thinks_since = None
                self._active_at = now
            case "speech_stopped":
                self._speaking_user = False
                answers = self.turns == "auto" and not self.in_take
                self._thinks_since = now if answers else None
            case "committed" | "timeout_triggered":
                self._speaking_user = False
        return True

    def _item_event(self, event: Event) -> bool:
        kind = event["type"]
        item = event.get("item")
        if kind in {"conversation.item.added", "conversation.item.done"} and isinstance(item, dict):
            return self._item_made(item)
        item_id = str(event.get("item_id"))
        if kind == "conversation.item.input_audio_transcription.completed":
            self.history.hear(item_id, str(event.get("transcript") or ""))
            self.changed = True
            self._spend(costs.of_captions(event, self.engine.caption_prices))
        elif kind == "conversation.item.deleted" and item_id in self._replaced:
            self._replaced.discard(item_id)
            return False
        return True

    def _item_made(self, item: Mapping[str, Any]) -> bool:
        """Keep an item; whether it is for the browser: it has seen what was replayed."""
        known = self.history.get(str(item.get("id")))
        if known is None:
            self.history.add(item)
            self.changed = True
            return item.get("type") == "message"
        return known.call is None and not known.hidden and known.id not in self._replayed

    # What the coach says

    def _response_event(self, event: Event, now: float) -> bool:
        replies = self._replies
        kind = event["type"].removeprefix("response.")
        if kind == "created":
            return self._created(str(_response(event).get("id")))
        if kind == "done":
            return self._done(_response(event), now)
        if replies.is_gone(event):
            return False
        item_id = str(event.get("item_id"))
        delta = event.get("delta")
        if kind == "output_audio.delta" and isinstance(delta, str):
            # Base64 makes four characters of three bytes.
            replies.sounded(item_id, len(delta.rstrip("=")) * 3 // 4, now)
            self._unread += len(delta)
            if self._unread > MOST_UNREAD_BYTES:
                self.hang_up(CloseCode.POLICY, at_once=True)
            self._thinks_since = None
        elif kind in {"output_audio_transcript.delta", "output_text.delta"}:
            self.history.say(item_id, str(delta))
        elif kind in {"output_item.added", "output_item.done"}:
            return self._output_item(event, kind)
        return True

    def _created(self, response_id: str) -> bool:
        self._thinks_since = None
        if self._replies.created(response_id):
            return True
        self._ask({"type": "response.cancel", "response_id": response_id})
        return False

    def _done(self, response: Mapping[str, Any], now: float) -> bool:
        response_id = str(response.get("id"))
        self._replies.done(response_id)
        self._spend(costs.of_answer(response, self.engine.prices))
        self.changed = True
        self._active_at = now
        if response.get("status") == "cancelled":
            self._replies.give_up(response_id)
        elif response.get("status") == "failed":
            self._response_failed(response, now)
        return True

    def _spend(self, cost_usd: Decimal) -> None:
        if cost_usd:
            self._do(fx.Spend(cost_usd))

    def _response_failed(self, response: Mapping[str, Any], now: float) -> None:
        details = response.get("status_details")
        error = details.get("error") if isinstance(details, dict) else None
        error = error if isinstance(error, dict) else {}
        fault = faults.of_error(error)
        code = str(error.get("code") or error.get("type") or "failed")
        if fault in {Fault.FATAL, Fault.ROTATE}:
            self._drop(fault, code, now)
        else:
            self._server_error(code, now)

    def _output_item(self, event: Event, kind: str) -> bool:
        item = event.get("item")
        if not isinstance(item, dict) or item.get("type") != "function_call":
            return True
        self.history.add(item, hidden=True)
        if kind == "output_item.done":
            self.history.complete_call(item)
            self._run_tool(item)
        return False

    def _run_tool(self, call: Mapping[str, Any]) -> None:
        """Answer a call at once, from what is known here; then the coach goes on."""
        known = call.get("name") == TAKES_TOOL["name"]
        facts = self.take.facts if self.take is not None else ""
        output = {
            "id": self.config.new_id(),
            "type": "function_call_output",
            "call_id": str(call.get("call_id")),
            "output": (facts or "There is no take yet.") if known else "There is no such tool.",
        }
        self.history.add(output, hidden=True)
        self.changed = True
        self._ask({"type": "conversation.item.create", "item": output})
        self._replies.want()

    # What goes wrong

    def _error(self, event: Event, now: float, *, of_reserve: bool = False) -> None:
        error = event.get("error")
        error = error if isinstance(error, dict) else {}
        fault = faults.of_error(error)
        code = str(error.get("code") or error.get("type") or "error")[:80]
        kind, given = self._kinds.get(str(error.get("event_id")), ("", None))
        if of_reserve:
            if fault is not Fault.BENIGN and self._reserve is not None:
                number = self._reserve.number
                self._do(fx.Disconnect(number))
                self.lost(number, fault, code, now)
            return
        if kind == "session.update" and fault is Fault.BUG:
            # A session that cannot be configured says nothing that we would want to hear.
            fault = Fault.FATAL
        match fault:
            case Fault.BENIGN:
                pass
            case Fault.OURS:
                self._replies.refused()
            case Fault.BUG:
                self._note(fault, code)
                shown = {**error, "event_id": given}
                self._do(fx.Tell({**event, "error": shown}))
            case Fault.RETRYABLE if self._live is not None:
                self._server_error(code, now)
            case _:
                self._drop(fault, code, now)
        self._show()

    def _server_error(self, code: str, now: float) -> None:
        """The upstream has failed, and the connection is still there."""
        self._note(Fault.RETRYABLE, code)
        if self._reconnecting.erred(now):
            link = self._link
            if link is not None:
                self._do(fx.Disconnect(link.number))
                self._link = None
                self._cut_off()
            self._pause(now)
        else:
            self._notice("upstream", "The coach could not answer that. Please say it again.")

    def _note(self, fault: Fault, code: str) -> None:
        self._do(fx.Note(self.engine.provider, fault, code, self._reconnecting.attempts))


def _response(event: Event) -> Mapping[str, Any]:
    response = event.get("response")
    return response if isinstance(response, dict) else {}
