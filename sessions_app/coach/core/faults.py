"""What an error of the upstream means for the conversation. Pure."""

import enum
from collections.abc import Mapping
from typing import Any, Final

from speechcoach.errors import ProviderError, Reason


class Fault(enum.StrEnum):
    """Kinds of errors, by what is done about them.

    ``BENIGN`` is logged and forgotten; ``OURS`` is asked again when its time has come; ``BUG`` is
    told and not tried again; ``RETRYABLE`` is tried again and counts towards a pause; ``ENDED`` is
    tried again and does not; ``ROTATE`` is the vendor's longest session, which is no error;
    ``REFUSED`` is tried a few times; ``FATAL`` never again.
    """

    BENIGN = "benign"
    OURS = "ours"
    BUG = "bug"
    RETRYABLE = "retryable"
    ENDED = "ended"
    ROTATE = "rotate"
    REFUSED = "refused"
    FATAL = "fatal"


BUSY: Final = "conversation_already_has_active_response"

_BENIGN: Final = {
    "response_cancel_not_active",
    "input_audio_buffer_commit_empty",
    "item_truncate_invalid_item_id",
    "item_delete_invalid_item_id",
    "item_retrieve_invalid_item_id",
    "invalid_item_id",
}
_BENIGN_PHRASES: Final = ("cancellation failed", "already shorter than", "only model output audio")
_FATAL: Final = {
    "insufficient_quota",
    "invalid_api_key",
    "account_deactivated",
    "billing_hard_limit_reached",
    "model_not_found",
}
_REFUSING_CLOSES: Final = {1008, 4000}
_ENDING_CLOSES: Final = {1000, 1001}
_LONGEST: Final = "maximum duration"


class LostError(ProviderError):
    """A connection that was lost, with the close code that it was lost by."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(Reason.UNAVAILABLE, f"The connection was closed with {code}.")
        self.code = code
        self.fault = of_close(code, why)


class LeftAloneError(ProviderError):
    """A vendor that others have found failing just now: nobody waits for it once more."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAVAILABLE, "The engine is left alone for a while.")


def of_error(error: Mapping[str, Any]) -> Fault:
    """The ``error`` of an error event, or of a response that has failed."""
    # Whatever it is: what a vendor sends is read, not trusted.
    code, kind = str(error.get("code")), str(error.get("type"))
    message = str(error.get("message") or "").lower()
    if code == BUSY:
        return Fault.OURS
    if code == "session_expired":
        return Fault.ROTATE
    if code in _FATAL or kind in _FATAL:
        return Fault.FATAL
    if code in _BENIGN or any(phrase in message for phrase in _BENIGN_PHRASES):
        return Fault.BENIGN
    if kind == "server_error" or code in {"server_error", "rate_limit_exceeded"}:
        return Fault.RETRYABLE
    return Fault.BUG


def of_close(code: int, why: str = "") -> Fault:
    """A connection that was closed with ``code``; ``why`` is what the vendor says."""
    if _LONGEST in why.lower():
        return Fault.ROTATE
    if code in _ENDING_CLOSES:
        return Fault.ENDED
    return Fault.REFUSED if code in _REFUSING_CLOSES else Fault.RETRYABLE


def of_exception(error: ProviderError) -> Fault:
    """What a connection, or the attempt to make one, raised."""
    if isinstance(error, LostError):
        return error.fault
    if error.reason.permanent or isinstance(error, LeftAloneError):
        return Fault.FATAL
    return Fault.RETRYABLE
