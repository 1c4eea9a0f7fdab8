"""Everything that is measured of a speech, in one value; names and rules from measures.md."""

from collections.abc import Mapping, Sequence

import numpy as np

from evaluations.core.alignment import UntimedTranscriptError, aligned, spoken_words
from evaluations.core.fillers import FillerWord, occurrences, tally
from evaluations.core.pace import Pace, pace
from evaluations.core.pauses import Pause, pauses
from evaluations.core.pitch import Pitch, summarise
from evaluations.core.quality import quality_warning
from evaluations.core.rhetoric import Speech
from evaluations.core.series import F0_HOP_SECONDS, RMS_WINDOW_SECONDS, SPEECH_SHARE, AudioSeries
from evaluations.core.shapes import CamelShape, Transcript, Word
from evaluations.core.structure import Structure, structure
from evaluations.core.vocabulary import Vocabulary, vocabulary

# measures.md, "Names in metrics.json": no series has more points.
MOST_POINTS = 600


class EnergyWindow(CamelShape):
    """``level`` is the RMS as a multiple of the speech's mean, so that the gain cancels out."""

    start: float
    level: float


class Energy(CamelShape):
    """``variation`` is std / mean of RMS over 250 ms windows with speech."""

    variation: float
    windows: tuple[EnergyWindow, ...]


class Metrics(CamelShape):
    """What was measured. Dump with ``by_alias=True`` for ``metrics.json`` and the wire."""

    duration_seconds: float
    duration_formatted: str
    total_words: int
    words_per_minute: float
    pace: Pace
    filler_words: tuple[FillerWord, ...]
    filler_word_count: int
    filler_word_frequency: float
    pause_count: int
    total_pause_duration_seconds: float
    average_pause_duration_seconds: float
    intentional_pause_count: int
    hesitation_pause_count: int
    pauses: tuple[Pause, ...]
    energy: Energy
    pitch: Pitch | None
    vocabulary: Vocabulary
    structure: Structure | None
    quality_warning: str | None
    engines: dict[str, str]


def measure(
    transcript: Transcript,
    series: AudioSeries,
    engines: Mapping[str, str],
    extra_fillers: Sequence[str] = (),
) -> Metrics:
    """Measure a speech. Pure: the same input gives the same bytes.

    ``engines`` says which engine gave what, and is passed through. ``extra_fillers`` are words a
    club or a speaker counts as fillers.

    Raises:
        evaluations.core.alignment.UntimedTranscriptError: there are words, and neither they nor
            the sound have a length. A speech with words never lasts 0 s.
    """
    words = spoken_words(aligned(transcript, series))
    duration = _duration(words, series)
    minutes = duration / 60
    found = occurrences(words, extra_fillers)
    fillers = tally(found)
    filler_count = sum(entry.count for entry in fillers if entry.classification == "true_filler")
    silences = pauses(words, {o.index + step for o in found for step in range(o.length)})
    counted = [pause for pause in silences if pause.type != "unclassified"]
    silent = sum(pause.duration for pause in counted)
    speech = Speech(words)
    wpm = len(words) / minutes if words else 0.0
    return Metrics(
        duration_seconds=round(duration, 2),
        duration_formatted=clock(duration),
        total_words=len(words),
        words_per_minute=round(wpm, 1),
        pace=pace(words, duration),
        filler_words=fillers,
        filler_word_count=filler_count,
        filler_word_frequency=round(filler_count / minutes, 2) if words else 0,
        pause_count=len(counted),
        total_pause_duration_seconds=round(silent, 2),
        average_pause_duration_seconds=round(silent / len(counted), 2) if counted else 0,
        intentional_pause_count=sum(pause.type == "intentional" for pause in counted),
        hesitation_pause_count=sum(pause.type == "hesitation" for pause in counted),
        pauses=silences,
        energy=_energy(series, words),
        pitch=summarise(series.f0, _spoken_frames(words, len(series.f0), F0_HOP_SECONDS)),
        vocabulary=vocabulary(words, speech.sentences),
        structure=structure(speech) if words else None,
        quality_warning=quality_warning(words, wpm),
        engines=dict(engines),
    )


def remeasured(
    transcript: Transcript, before: Metrics, extra_fillers: Sequence[str] = ()
) -> Metrics:
    """What was measured ``before``, for a transcript that was put right since.

    Its sound is gone: energy and pitch stay what they were. ``transcript`` has a time for every
    word.
    """
    length = max((word.end_time for word in transcript.words), default=0.0)
    again = measure(transcript, AudioSeries(length), before.engines, extra_fillers)
    return again.model_copy(update={"energy": before.energy, "pitch": before.pitch})


def clock(seconds: float) -> str:
    """``M:SS``, cut to the second; as a stopwatch, and the page's script, show it."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _duration(words: Sequence[Word], series: AudioSeries) -> float:
    """Last word's end − first word's start; where that is nothing, the length of the audio."""
    if not words:
        return 0.0
    duration = words[-1].end_time - words[0].start_time
    if duration > 0:
        return duration
    if series.duration_seconds > 0:
        return series.duration_seconds
    raise UntimedTranscriptError("the words last no time and the audio has no length")


def _spoken_frames(
    words: Sequence[Word], frames: int, hop: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which of ``frames`` frames, one every ``hop`` seconds, fall inside a word."""
    spoken = np.zeros(frames, dtype=np.bool_)
    for word in words:
        spoken[int(word.start_time / hop) : int(np.ceil(word.end_time / hop))] = True
    return spoken


def _energy(series: AudioSeries, words: Sequence[Word]) -> Energy:
    rms = series.rms.astype(np.float64)
    within = rms[_spoken_frames(words, len(rms), RMS_WINDOW_SECONDS)]
    # Words' edges reach into silence; a window counts above 0.15 × the median, as in "Level, VAD".
    speech = within[within > SPEECH_SHARE * np.median(within)] if len(within) else within
    if not len(speech):
        return Energy(variation=0, windows=())
    mean = float(speech.mean())
    step = -(-len(rms) // MOST_POINTS)
    levels = [float(np.mean(rms[at : at + step])) / mean for at in range(0, len(rms), step)]
    return Energy(
        variation=round(float(speech.std()) / mean, 3),
        windows=tuple(
            EnergyWindow(start=round(at * step * RMS_WINDOW_SECONDS, 2), level=round(level, 3))
            for at, level in enumerate(levels)
        ),
    )
