"""Figures of speeches, as progress is told them."""

from evaluations.progress.figures import Figures


def speech(**changes):
    plain = {
        "words": 700,
        "seconds": 360.0,
        "words_per_minute": 130.0,
        "fillers_per_minute": 1.0,
        "pauses_per_minute": 1.0,
    }
    return Figures.model_validate({**plain, **changes})


def paces(*rates):
    return [speech(words_per_minute=rate) for rate in rates]


def signed(*signs):
    """One speech for each, with the signs named in it."""
    return [speech(signs=tuple(names.split())) for names in signs]
