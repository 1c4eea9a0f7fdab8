"""What a file is, by its bytes alone: names and media types are only claims.

A demuxer is chosen here and nowhere else. Left to choose by itself, a decoder library would also
take play lists, which make it open other files and addresses.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final

HEAD_BYTES: Final = 1024
"""So much of a file tells what it is."""

_SIGNATURES: Final[Sequence[tuple[str, re.Pattern[bytes]]]] = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("wav", rb"(RIFF|RF64|BW64).{4}WAVE"),
        ("avi", rb"RIFF.{4}AVI "),
        ("aiff", rb"FORM.{4}AIF[FC]"),
        ("flac", rb"fLaC"),
        ("ogg", rb"OggS"),
        ("matroska", rb"\x1a\x45\xdf\xa3"),
        ("mov", rb".{4}(ftyp|moov|mdat|wide|free|skip|pnot)"),
        ("asf", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
        ("amr", rb"#!AMR"),
        ("caf", rb"caff"),
        ("au", rb"\.snd"),
        ("flv", rb"FLV\x01"),
        ("mpeg", rb"\x00\x00\x01\xba"),
        ("mpegts", rb"\x47.{187}\x47.{187}\x47"),
        # An ADTS frame has layer 0, which no MPEG audio frame has.
        ("aac", rb"\xff[\xf0\xf1\xf8\xf9]"),
        ("mp3", rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"),
    )
)
_ID3_HEADER: Final = 10
_PROTECTED: Final = frozenset({b"enca", b"drms", b"drmi"})
_INSIDE: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_STSD_HEADER: Final = 8
_DEEPEST: Final = 6
_MOST_BOXES: Final = 10_000


def demuxer_of(data: bytes | memoryview) -> str | None:
    """The demuxer for a file that begins with ``data``; None for what is no sound or video file."""
    head = bytes(data[:HEAD_BYTES])
    if head.startswith(b"ID3") and len(head) > _ID3_HEADER:
        # The tag says how long it is, seven bits a byte; what follows it is the sound.
        a, b, c, d = (byte & 0x7F for byte in head[6:10])
        after = _ID3_HEADER + (a << 21 | b << 14 | c << 7 | d)
        rest = bytes(data[after : after + 4])
        for name, signature in _SIGNATURES:
            if name in {"aac", "flac"} and signature.match(rest):
                return name
    return next((name for name, signature in _SIGNATURES if signature.match(head)), None)


def is_protected(data: bytes | memoryview) -> bool:
    """Whether an MP4 or MOV says of a track that it is encrypted."""
    return any(kind in _PROTECTED for kind in _sample_entries(memoryview(data), 0, len(data), 0))


def _sample_entries(data: memoryview, start: int, end: int, depth: int) -> Iterator[bytes]:
    for kind, first, last in _boxes(data, start, end):
        if kind == b"stsd":
            for entry, _, _ in _boxes(data, first + _STSD_HEADER, last):
                yield entry
        elif kind in _INSIDE and depth < _DEEPEST:
            yield from _sample_entries(data, first, last, depth + 1)


def _boxes(data: memoryview, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a stretch: kind, and where the content begins and ends."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1 and start + 16 <= end:
            [size] = struct.unpack_from(">Q", data, start + 8)
            header = 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            return
        yield kind, start + header, start + size
        start += size
