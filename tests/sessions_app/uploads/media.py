"""Files as phones, cameras and recorders make them, with a tone in them."""

import io
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

RATE = 44_100
TONE_HZ = 440.0


@dataclass(frozen=True)
class Kind:
    """A container with the codecs in it; either may be missing."""

    container: str
    audio: str | None
    video: str | None = None
    rate: int = RATE
    layout: str = "mono"

    def __str__(self) -> str:
        return "-".join(part for part in (self.container, self.audio, self.video) if part)


KINDS = (
    Kind("mp3", "libmp3lame"),
    Kind("ipod", "aac", layout="stereo"),
    Kind("ipod", "alac"),
    Kind("adts", "aac"),
    Kind("wav", "pcm_s16le", rate=48_000, layout="stereo"),
    Kind("wav", "pcm_f32le"),
    Kind("aiff", "pcm_s16be"),
    Kind("au", "pcm_s16be"),
    Kind("caf", "pcm_s16le"),
    Kind("flac", "flac"),
    Kind("ogg", "libopus", rate=48_000),
    Kind("amr", "libopencore_amrnb", rate=8_000),
    Kind("3gp", "libopencore_amrnb", rate=8_000),
    Kind("webm", "libopus", "libvpx", rate=48_000),
    Kind("mp4", "aac", "libx264"),
    Kind("mov", "aac", "libx264", rate=48_000, layout="stereo"),
    Kind("matroska", "libopus", "libx264", rate=48_000),
    Kind("avi", "libmp3lame", "mpeg4"),
    Kind("mpegts", "aac", "libx264"),
)


def tone(seconds: float, hz: float = TONE_HZ) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    time = np.arange(round(seconds * RATE)) / RATE
    return (12_000 * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def make(
    kind: Kind,
    seconds: float = 3.0,
    samples: "np.ndarray[tuple[int], np.dtype[np.int16]] | None" = None,
) -> bytes:
    """A file of this kind; ``samples`` (16 bit at ``RATE``) in place of the tone."""
    sound = tone(seconds) if samples is None else samples
    out = io.BytesIO()
    with av.open(out, "w", format=kind.container) as container:
        # The header wants to know all streams.
        picture = container.add_stream(kind.video, rate=10) if kind.video else None
        assert picture is None or isinstance(picture, VideoStream)
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        voice = (
            container.add_stream(kind.audio, rate=kind.rate, layout=kind.layout)
            if kind.audio
            else None
        )
        assert voice is None or isinstance(voice, AudioStream)
        if picture is not None:
            for index in range(round(10 * len(sound) / RATE)):
                frame = av.VideoFrame(64, 48, "yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, 10)
                container.mux(picture.encode(frame))
            container.mux(picture.encode())
        if voice is not None:
            for piece in _frames(sound, voice):
                container.mux(voice.encode(piece))
            container.mux(voice.encode(None))
    return out.getvalue()


def _frames(sound, voice):
    """The sound in frames of the length that the codec wants."""
    resampler = AudioResampler(voice.format, voice.layout, voice.rate)
    whole = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
    whole.rate, whole.pts = RATE, 0
    fifo = AudioFifo()
    for made in [*resampler.resample(whole), *resampler.resample(None)]:
        fifo.write(made)
    length = voice.codec_context.frame_size or 1024
    while (frame := fifo.read(length) or fifo.read(length, partial=True)) is not None:
        yield frame


def main_hz(pcm: bytes) -> float:
    """The strongest frequency in PCM16LE mono 16 kHz."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 16_000 / len(samples))
