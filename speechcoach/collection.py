"""What the garbage collector looks through while sessions run."""

import gc
from typing import Final

SELDOM: Final = (5_000, 20, 50)
"""Of the containers that live on, a look at the youngest after so many; at the older ones after so
many of those looks; at all of them after so many of these. Two hundred sessions are enough that a
look at all takes 170 ms, in which all wait; by default that came every quarter of a minute, which
is one chunk in a hundred."""


def spare_what_is_there() -> None:
    """Take all objects there are by now out of its sight; called once a server is built.

    A full collection looks at every object, and everybody waits meanwhile: modules, models and
    messages are most of them, never garbage, and cost a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
