"""Which built-in voice speaks here."""

from evaluations.speech import Synthesizer
from evaluations.speech.builtin.commands import FliteSynthesizer, PicoSynthesizer
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer


def builtin_voices() -> list[Synthesizer]:
    """The voices installed, best first: pico, flite, and espeak-ng, which is always there."""
    found: list[Synthesizer] = []
    if PicoSynthesizer.installed():
        found.append(PicoSynthesizer())
    if FliteSynthesizer.installed():
        found.append(FliteSynthesizer())
    return [*found, EspeakSynthesizer()]


def choose_builtin() -> Synthesizer:
    """The best voice installed."""
    return builtin_voices()[0]
