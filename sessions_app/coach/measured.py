"""What pages measure of their conversations, and what upstreams get wrong, for ``/metrics``."""

from typing import Final

from prometheus_client import Counter, Histogram

from sessions_app.coach.messages import CoachMetrics

_MILLISECONDS: Final = (20, 50, 80, 120, 150, 200, 350, 500, 700, 850, 1_000, 1_400, 2_000, 5_000)
_LATENCIES: Final = {
    field: Histogram(f"speechcoach_coach_{name}_milliseconds", text, buckets=_MILLISECONDS)
    for field, name, text in (
        ("barge_in_ms", "barge_in", "From the speaker's first sound until the coach is silent."),
        ("reply_ms", "reply", "From the speaker's last sound until the coach is heard."),
        ("thinking_ms", "thinking", "From the end of a turn, as told, until the coach is heard."),
        ("caption_ms", "caption", "From the end of an utterance until its words are on the page."),
        ("output_latency_ms", "output_latency", "Of the device, as the browser says."),
    )
}
_LOSSES: Final = {
    field: Counter(f"speechcoach_coach_{field}", text)
    for field, text in (
        ("underruns", "Times that a page had no more sound to play in the middle of an answer."),
        ("dropped_samples", "Samples that pages could not send."),
        ("gaps", "Gaps in what pages have sent."),
    )
}
_FAULTS: Final = Counter(
    "speechcoach_coach_upstream_faults", "Errors of upstreams.", ["provider", "fault"]
)


def observe(metrics: CoachMetrics) -> None:
    """Count what a page has measured."""
    for field, histogram in _LATENCIES.items():
        if (value := getattr(metrics, field)) is not None:
            histogram.observe(value)
    for field, counter in _LOSSES.items():
        counter.inc(getattr(metrics, field))


def count_fault(provider: str, fault: str) -> None:
    """Count an error of an upstream."""
    _FAULTS.labels(provider, fault).inc()
