"""Stems, on which variety, phrases and call-backs rest."""

import sys
import threading
from collections.abc import Iterator
from itertools import product

import pytest

from evaluations.core.vocabulary import stem

WORDS = [
    "".join(parts)
    for parts in product(
        ("generaliz", "lighthous", "relational", "condition", "nation", "happi", "electri"),
        ("ations", "ing", "ed", "ness", "ful", "ies", "ically", "ment"),
    )
]
THREADS = 4
ROUNDS = 50


@pytest.fixture
def _eager_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_eager_switches")
def test_evaluations_that_are_made_at_once_do_not_mix_their_stems():
    alone = {word: stem.__wrapped__(word) for word in WORDS}
    mixed: list[str] = []

    def work(share: int) -> None:
        for word in WORDS[share::THREADS] * ROUNDS:
            try:
                found = stem.__wrapped__(word)
            except IndexError:
                found = ""
            if found != alone[word]:
                mixed.append(word)

    threads = [threading.Thread(target=work, args=(share,)) for share in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not mixed
