import gc
import io
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from evaluations.speech.builtin import choice
from evaluations.speech.builtin.commands import FliteSynthesizer, PicoSynthesizer
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer
from evaluations.speech.builtin.sentences import MAX_SENTENCE, sentences
from evaluations.speech.encoding import AudioFileWriter, encoded
from speechcoach.errors import ProviderError, Reason

SCRIPT = (
    'Thank you, Mary, for a speech that took us to the river. You said: "we did not catch many '
    'fish". That line gave the room a place to stand, and it came back in your closing. '
    "For next time, slow down in the middle, and let the numbers land before you go on. "
    "You have a story that only you can tell. Thank you."
)
# pico is not in Debian's main section: it is tested where it is installed.
PICO = [PicoSynthesizer] if PicoSynthesizer.installed() else []


@pytest.fixture(params=[EspeakSynthesizer, FliteSynthesizer, *PICO], ids=lambda voice: voice.name)
def voice(request):
    if request.param is FliteSynthesizer and not FliteSynthesizer.installed():
        pytest.skip("flite is not installed")
    return request.param()


async def pieces(voice, script: str) -> list[bytes]:
    return [pcm async for pcm in voice.synthesize(script)]


async def test_a_script_is_spoken_in_pieces_at_about_the_stated_rate(voice):
    spoken = await pieces(voice, SCRIPT)
    assert len(spoken) >= len(sentences(SCRIPT))
    assert all(len(pcm) % 2 == 0 for pcm in spoken)
    pcm = b"".join(spoken)
    assert np.abs(np.frombuffer(pcm, "<i2").astype(int)).max() > 3_000
    minutes = len(pcm) / 2 / voice.sample_rate / 60
    assert len(SCRIPT.split()) / minutes == pytest.approx(voice.words_per_minute, rel=0.15)


@pytest.mark.parametrize(
    "script",
    ["", "  \n", "-w /tmp/x", "; rm -rf / $(id)", "a\x00b\x1b[2J", "“Ünïcode” — 日本語 🎤."],
)
async def test_no_script_breaks_a_voice(voice, script):
    spoken = await pieces(voice, script)
    assert bool(spoken) is bool(script.strip())


async def test_speaking_may_be_given_up_half_way(voice):
    stream = voice.synthesize(SCRIPT)
    assert await anext(stream)
    await stream.aclose()


async def test_a_voice_that_dies_is_a_provider_error():
    with pytest.raises(ProviderError) as caught:
        await pieces(EspeakSynthesizer((sys.executable, "-c", "pass")), SCRIPT)
    assert caught.value.reason is Reason.UNAVAILABLE
    with pytest.raises(ProviderError):
        await pieces(EspeakSynthesizer(("/no/such/program",)), SCRIPT)


@pytest.mark.parametrize(
    ("body", "reason"), [("exit 3", Reason.BAD_OUTPUT), ("exit 0", Reason.BAD_OUTPUT)]
)
async def test_a_program_that_fails_or_writes_nothing_is_a_provider_error(
    tmp_path, monkeypatch, body, reason
):
    program(tmp_path, "flite", body)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(ProviderError) as caught:
        await pieces(FliteSynthesizer(), SCRIPT)
    assert caught.value.reason is reason


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("installed", "name"),
    [
        ({"pico2wave", "flite"}, "builtin:pico"),
        ({"flite"}, "builtin:flite"),
        (set(), "builtin:espeak"),
    ],
)
def test_the_best_installed_voice_is_chosen(tmp_path, monkeypatch, installed, name):
    second = tmp_path / "second.wav"
    soundfile.write(second, np.zeros(16_000, np.int16), 16_000)
    for each in installed:
        # Pico is measured when it is chosen; a second of silence will do.
        program(
            tmp_path,
            each,
            f'for a; do case $a in --wave=*) cp {second} "${{a#--wave=}}";; esac; done',
        )
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(
        FliteSynthesizer, "installed", classmethod(lambda cls: "flite" in installed)
    )
    monkeypatch.setattr(
        PicoSynthesizer, "installed", classmethod(lambda cls: "pico2wave" in installed)
    )
    assert choice.choose_builtin().name == name


def test_sentences_lose_nothing_and_none_is_too_long():
    script = "One. " + "word " * 300 + "end! Last?"
    found = sentences(script)
    assert found[0] == "One."
    assert max(map(len, found)) <= MAX_SENTENCE
    assert " ".join(found).split() == script.split()


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
def test_a_file_plays_as_long_as_the_sound(rate):
    pcm = (np.sin(np.arange(rate * 2) * 0.05) * 8_000).astype("<i2").tobytes()
    audio = encoded(pcm, rate)
    assert (audio.media_type, audio.extension) == ("audio/mpeg", ".mp3")
    assert audio.duration_seconds == 2
    read, got = soundfile.read(io.BytesIO(audio.content))
    assert got == rate
    assert len(read) / rate == pytest.approx(2, abs=0.1)
    assert len(audio.content) < len(pcm) / 2


def test_without_mp3_it_is_a_wav_file(monkeypatch):
    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": "", "FLAC": ""})
    pcm = np.arange(1_000, dtype="<i2").tobytes()
    audio = encoded(pcm, 16_000)
    assert (audio.media_type, audio.extension) == ("audio/wav", ".wav")
    samples, _ = soundfile.read(io.BytesIO(audio.content), dtype="int16")
    assert samples.tobytes() == pcm


@pytest.mark.parametrize("pcm", [b"", b"abc"])
def test_what_is_no_audio_is_refused(pcm):
    with pytest.raises(ValueError, match=r"no sound|multiple"):
        encoded(pcm, 16_000)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_is_given_up_half_way_leaves_nothing_behind():
    with AudioFileWriter(16_000) as writer:
        writer.write(np.arange(20_000, dtype="<i2").tobytes())
    del writer
    gc.collect()
