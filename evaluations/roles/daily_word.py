"""Where the word of the day was used, with its inflections."""

from collections.abc import Sequence

from evaluations.core.shapes import Word
from evaluations.core.tokens import plain, tokenise
from evaluations.core.vocabulary import stem


def uses(words: Sequence[Word], word: str) -> tuple[int, ...]:
    """Indices where ``word`` begins: every token has the stem of its counterpart."""
    wanted = tuple(stem(token) for token in tokenise(word))
    if not wanted:
        return ()
    heard = [stem(plain(spoken)) for spoken in words]
    return tuple(
        index
        for index in range(len(heard) - len(wanted) + 1)
        if tuple(heard[index : index + len(wanted)]) == wanted
    )
