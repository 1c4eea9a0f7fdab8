"""The instructions, as files, and the version of each that is stored with what it led to.

A version is the number that people give and a digest of the text, so that no change goes unseen.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    version: str


def _load(name: str, number: int) -> Prompt:
    text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(text, f"{name}-{number}-{digest}")


EVALUATE: Final = _load("evaluate", 1)
REVISE: Final = _load("revise", 1)
