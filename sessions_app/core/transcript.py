"""The live transcript: finished utterances, and the one being spoken."""

from evaluations.core.shapes import Segment
from sessions_app.contract.messages import TranscriptUpdate


class LiveSegments:
    """Merges hypotheses and utterances into the updates a page splices.

    Finished utterances never change again, so an update replaces at most the last segment, the one
    being spoken.
    """

    def __init__(self, finished: tuple[Segment, ...] = ()) -> None:
        self._finished = list(finished)
        self._hypothesis: Segment | None = None

    @property
    def finished(self) -> tuple[Segment, ...]:
        return tuple(self._finished)

    def hypothesis(self, segment: Segment) -> TranscriptUpdate | None:
        """Replace the utterance being spoken; None when the page shows it already."""
        if segment == self._hypothesis:
            return None
        self._hypothesis = segment
        return self._tail(segment)

    def utterance(self, segment: Segment) -> TranscriptUpdate | None:
        """Close the utterance being spoken with its final words; without any, it was none."""
        if not segment.text:
            return self.drop_hypothesis()
        update = self._tail(segment)
        self._hypothesis = None
        self._finished.append(segment)
        return update

    def drop_hypothesis(self) -> TranscriptUpdate | None:
        """Withdraw the utterance being spoken: its engine is gone."""
        if self._hypothesis is None:
            return None
        self._hypothesis = None
        return self._tail()

    def _tail(self, *segments: Segment) -> TranscriptUpdate:
        return TranscriptUpdate(segments=segments, replace_from_index=len(self._finished))
