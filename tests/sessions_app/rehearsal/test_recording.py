"""Sound files of every kind become what a microphone would have given."""

import numpy as np
import pytest
import soundfile

from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.recording import read_recording, seconds_of
from tests.speech import burst

RATES = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]


def tone(rate: int, seconds: float = 1.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_channels(tmp_path, rate, channels):
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([tone(rate)] * channels, axis=1), rate)
    pcm = np.frombuffer(read_recording(path), dtype="<i2").astype(float) / 32_768
    assert seconds_of(read_recording(path)) == pytest.approx(1.5, abs=0.01)
    middle = pcm[4_000:20_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * 16_000 / len(middle) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3", ".aiff"])
def test_any_format_that_is_known(tmp_path, suffix):
    path = tmp_path / f"tone{suffix}"
    soundfile.write(path, tone(44_100), 44_100)
    assert seconds_of(read_recording(path)) == pytest.approx(1.5, abs=0.1)


def test_what_is_right_already_comes_through_bit_by_bit(tmp_path):
    path, samples = tmp_path / "speech.wav", burst(1)
    soundfile.write(path, samples, 16_000)
    assert read_recording(path) == samples.tobytes()


def test_full_scale_does_not_wrap(tmp_path):
    path = tmp_path / "loud.wav"
    soundfile.write(path, 3 * tone(44_100), 44_100, subtype="FLOAT")
    pcm = np.frombuffer(read_recording(path), dtype="<i2")[1_000:20_000]
    wanted = tone(16_000)[1_000:20_000]
    loud = np.abs(wanted) > 0.4
    assert np.array_equal(np.sign(pcm[loud]), np.sign(wanted[loud]))
    assert np.abs(pcm[loud].astype(int)).min() > 32_000


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\0\0\0\0WAVE", b"\xff" * 99])
def test_what_is_no_sound_file_is_said_so(tmp_path, content):
    path = tmp_path / "speech.wav"
    path.write_bytes(content)
    with pytest.raises(RehearsalError, match=r"speech\.wav (is not a sound file|holds no sound)"):
        read_recording(path)


def test_a_file_without_a_sample_is_said_so(tmp_path):
    path = tmp_path / "speech.wav"
    soundfile.write(path, np.zeros(0), 16_000)
    with pytest.raises(RehearsalError, match="no sound"):
        read_recording(path)


def test_what_is_no_file_is_said_so(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.wav"):
        with pytest.raises(RehearsalError, match="no file"):
            read_recording(path)
