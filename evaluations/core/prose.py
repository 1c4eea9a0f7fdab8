"""Running prose cut into sentences, and quotations told from it."""

import hashlib
import re
from collections.abc import Sequence

_BOUNDARY = re.compile(r"(?<=[.!?…])([\"”’)]*)\s+(?=[\"“‘(]?[A-Z0-9])")
_TITLES = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e)\.$")
_DOUBLE_MARKS = re.compile(r"[“”„\"]")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of ``text``; a mark inside a quotation ends none."""
    masked = _QUOTED.sub(lambda match: re.sub(r"[.!?…]", "_", match[0][:-2]) + match[0][-2:], text)
    pieces: list[str] = []
    start = 0
    for match in _BOUNDARY.finditer(masked):
        if _TITLES.search(masked[start : match.start()]):
            continue
        pieces.append(text[start : match.end(1)].strip())
        start = match.end()
    pieces.append(text[start:].strip())
    return tuple(piece for piece in pieces if piece)


def without_quotations(text: str) -> str:
    """``text`` with every quotation emptied: what is left are the evaluator's own words."""
    return _QUOTED.sub("“”", text)


def unquoted(text: str) -> str:
    """``text`` without double quotation marks, which would end a quotation around it early."""
    return " ".join(_DOUBLE_MARKS.sub(" ", text).split())


def chosen(variants: Sequence[str], *content: str) -> str:
    """One of ``variants``, always the same for the same ``content``."""
    digest = hashlib.sha256("\x1f".join(content).encode()).digest()
    return variants[int.from_bytes(digest[:8], "big") % len(variants)]
