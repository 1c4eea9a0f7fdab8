"""How templates say moments of a speech."""

from django import template

from evaluations.core import metrics
from evaluations.core.document import SpeechDocument
from evaluations.core.pace import BAND

register = template.Library()


@register.filter
def clock(seconds: float) -> str:
    """``M:SS``."""
    return metrics.clock(seconds)


@register.simple_tag
def line_at(document: SpeechDocument, seconds: float) -> int | None:
    """The line of the transcript that is being said at ``seconds``."""
    return document.line_at(seconds)


@register.simple_tag
def pace_band() -> dict[str, str]:
    """The band of a good pace, in words a minute, for a data attribute or a sentence."""
    lowest, highest = BAND
    return {"low": f"{lowest:g}", "high": f"{highest:g}"}
