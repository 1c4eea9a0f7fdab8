"""What the upstream says an answer, or the writing down of a turn, has used. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from speechcoach.model_table import Prices, Tokens

_MOST = 1_000_000_000


def of_answer(response: Mapping[str, Any], prices: Prices) -> Decimal:
    """US dollars for a response that has ended, however it did."""
    usage = _fields(response.get("usage"))
    read, written = _count(usage, "input_tokens"), _count(usage, "output_tokens")
    of_read = _fields(usage.get("input_token_details"))
    of_written = _fields(usage.get("output_token_details"))
    cached = _fields(of_read.get("cached_tokens_details"))
    read_cached = _count(cached, "text_tokens")
    heard_cached = _count(cached, "audio_tokens")
    # What is not said to be text counts as sound: the books are not to be below the invoice.
    text, wrote = min(read, _count(of_read, "text_tokens")), _count(of_written, "text_tokens")
    used = Tokens(
        read=max(0, text - read_cached),
        read_cached=read_cached,
        written=min(wrote, written),
        heard=max(0, read - text - heard_cached),
        heard_cached=heard_cached,
        spoken=max(0, written - wrote),
    )
    return prices.of_talk(used)


def of_captions(event: Mapping[str, Any], prices: Prices) -> Decimal:
    """US dollars for what was written down of a turn."""
    usage = _fields(event.get("usage"))
    if usage.get("type") == "duration":
        return prices.of_sound(_amount(usage, "seconds"))
    return prices.of_tokens(_count(usage, "input_tokens"), _count(usage, "output_tokens"))


def _fields(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(fields: Mapping[str, Any], name: str) -> int:
    return int(_amount(fields, name))


def _amount(fields: Mapping[str, Any], name: str) -> float:
    """A sensible figure, or 0: what a vendor sends is read, not trusted."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < _MOST else 0.0
