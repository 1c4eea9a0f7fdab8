"""What Deepgram is asked for.

``smart_format`` and ``numerals`` are never asked for: they change words that are counted. Without
``filler_words`` every “um” would be taken out. ``mip_opt_out`` keeps the audio out of the vendor's
training data.
"""

from dataclasses import dataclass, field
from typing import Final

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import TranscriberContext

ENDPOINTING_MS: Final = 300
"""The vendor's own default of 10 ms would end an utterance at every breath."""
UTTERANCE_END_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class DeepgramConfig:
    """A deployment's account and models. ``base_url`` is "" for the vendor's own address."""

    api_key: str = field(repr=False)
    live_model: str
    final_model: str
    base_url: str = ""

    @property
    def http_url(self) -> str:
        return (self.base_url or "https://api.deepgram.com").rstrip("/")

    @property
    def socket_url(self) -> str:
        return f"ws{self.http_url.removeprefix('http')}"


Query = dict[str, str | list[str]]


def live_query(config: DeepgramConfig, fmt: AudioFormat, context: TranscriberContext) -> Query:
    """The query of a live connection."""
    return {
        "model": config.live_model,
        "encoding": "linear16",
        "sample_rate": str(fmt.sample_rate),
        "channels": "1",
        "interim_results": "true",
        "endpointing": str(ENDPOINTING_MS),
        "utterance_end_ms": str(UTTERANCE_END_MS),
        "vad_events": "true",
        **_common(context),
    }


def final_query(config: DeepgramConfig, context: TranscriberContext) -> Query:
    """The query of a transcription of recorded audio."""
    return {"model": config.final_model, **_common(context)}


def _common(context: TranscriberContext) -> Query:
    query: Query = {
        "language": context.language,
        "punctuate": "true",
        "filler_words": "true",
        "mip_opt_out": "true",
    }
    if context.key_terms:
        query["keyterm"] = list(context.key_terms)
    return query
