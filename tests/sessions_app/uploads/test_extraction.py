"""Any file that people have becomes captured speech, or is refused with a word."""

import io
import struct
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from sessions_app.uploads.core.containers import demuxer_of, is_protected
from sessions_app.uploads.core.refusals import Refusal
from sessions_app.uploads.extraction import ExtractionError, extract
from tests.sessions_app.uploads.media import KINDS, RATE, TONE_HZ, Kind, main_hz, make, tone

MP3 = Kind("mp3", "libmp3lame")
MP4 = Kind("mp4", "aac", "libx264")
FLAC = Kind("flac", "flac")


def sound_of(data: bytes, **how) -> bytes:
    # In pieces, as they come from the vault.
    pieces = [data[at : at + 10_000] for at in range(0, len(data), 10_000)]
    return b"".join(block.pcm for block in extract(pieces, len(data), **how))


def refusal_of(data: bytes, **how) -> Refusal:
    with pytest.raises(ExtractionError) as refused:
        sound_of(data, **how)
    return refused.value.refusal


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_common_file_is_taken_at_its_own_pitch_and_length(kind):
    pcm = sound_of(make(kind))
    assert len(pcm) / 32_000 == pytest.approx(3.0, abs=0.12)
    assert main_hz(pcm) == pytest.approx(TONE_HZ, rel=0.01)


def test_an_mp3_with_a_tag_and_cover_is_taken():
    size = 5_000
    tag = b"ID3\x04\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    assert main_hz(sound_of(tag + bytes(size) + make(MP3))) == pytest.approx(TONE_HZ, rel=0.01)


def test_the_expected_length_is_told_from_the_first_block_on():
    data = make(MP4)
    assert next(iter(extract([data], len(data)))).total == pytest.approx(3.0, abs=0.1)


def test_what_two_attempts_give_is_the_same():
    data = make(MP4)
    assert sound_of(data) == sound_of(data)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"Good evening, this is a letter and no sound." * 40, Refusal.UNKNOWN),
        (b"\x89PNG\r\n\x1a\n" + bytes(4000), Refusal.UNKNOWN),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n", Refusal.UNKNOWN),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", Refusal.UNKNOWN),
        (b"fLaC" + bytes(4000), Refusal.BROKEN),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(4000), Refusal.BROKEN),
        (b"RIFF\x24\x00\x00\x00WAVE", Refusal.BROKEN),
    ],
    ids=["text", "picture", "playlist", "concat", "flac", "mp4", "wav"],
)
def test_what_is_no_recording_is_refused(data, refusal):
    assert refusal_of(data) is refusal


def test_a_film_without_sound_is_refused():
    assert refusal_of(make(Kind("mp4", None, "libx264"))) is Refusal.SILENT


def test_an_mp4_that_broke_off_is_refused():
    data = make(MP4)
    assert refusal_of(data[: len(data) // 2]) is Refusal.BROKEN


def test_noise_behind_a_good_beginning_is_refused():
    data = make(FLAC)
    noise = np.random.default_rng(7).bytes(len(data))
    assert refusal_of(data[:200] + noise) in {Refusal.BROKEN, Refusal.EMPTY}


def test_an_encrypted_track_is_refused():
    data = make(Kind("mp4", "aac"))
    assert not is_protected(data)
    assert data.count(b"mp4a") == 1
    encrypted = data.replace(b"mp4a", b"enca")
    assert is_protected(encrypted)
    assert refusal_of(encrypted) is Refusal.ENCRYPTED


def test_more_than_a_speech_is_refused_before_it_is_decoded():
    silence = np.zeros(26 * 60 * RATE, dtype=np.int16)
    data = make(FLAC, samples=silence)
    assert len(data) < 2_000_000
    assert refusal_of(data) is Refusal.LONG


def test_a_bomb_that_hides_its_length_is_refused_while_it_is_decoded():
    data = bytearray(make(FLAC, samples=np.zeros(26 * 60 * RATE, dtype=np.int16)))
    # The number of samples in the header: 36 bits, 0 for not known.
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert refusal_of(bytes(data)) is Refusal.LONG


def test_a_process_that_dies_without_a_word_is_a_broken_file():
    dying = [sys.executable, "-c", "import sys; sys.stdout.close(); sys.exit(3)"]
    assert refusal_of(make(MP3), command=dying) is Refusal.BROKEN


def test_the_process_may_write_no_file_and_take_no_more_memory(tmp_path):
    """Nothing of a file reaches a disk, whatever a codec does."""
    script = (
        "import sys; from sessions_app.uploads.worker import confine; confine(1000)\n"
        "import os\ntry:\n    file = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)\n"
        "    os.write(file, b'voice'); print('written')\n"
        "except OSError: print('no file')\n"
        "try:\n    bytearray(3 << 30); print('memory')\n"
        "except MemoryError: print('no memory')\n"
    )
    ignoring = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    done = subprocess.run(
        [sys.executable, "-c", ignoring + script, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["no file", "no memory"]


def test_silence_stands_where_the_file_has_a_hole():
    """A recorder that was paused, or packets that were lost: what follows keeps its time."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        voice = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for begin in (0, 3 * RATE):
            frame = AudioFrame.from_ndarray(tone(1.0).reshape(1, -1), format="s16", layout="mono")
            frame.rate, frame.pts, frame.time_base = RATE, begin, Fraction(1, RATE)
            container.mux(voice.encode(frame))
    pcm = np.frombuffer(sound_of(out.getvalue()), dtype="<i2")
    assert len(pcm) / 16_000 == pytest.approx(4.0, abs=0.05)
    assert not pcm[18_000:46_000].any()
    assert pcm[50_000:].any()


class TestSignatures:
    def test_an_aac_stream_is_no_mp3(self):
        assert demuxer_of(b"\xff\xf1" + bytes(100)) == "aac"
        assert demuxer_of(b"\xff\xfb" + bytes(100)) == "mp3"

    def test_nothing_is_nothing(self):
        assert demuxer_of(b"") is None

    def test_boxes_that_never_end_are_left(self):
        endless = struct.pack(">I4s", 0xFFFFFFFF, b"moov") + struct.pack(">I4s", 0, b"moov") * 50
        assert not is_protected(endless)


def test_every_refusal_has_a_sentence():
    for refusal in Refusal:
        assert refusal.sentence.endswith((".", "others."))
