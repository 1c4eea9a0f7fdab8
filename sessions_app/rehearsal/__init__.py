"""A session from the command line, as a browser would hold it (``manage.py rehearse``)."""


class RehearsalError(Exception):
    """The rehearsal cannot go on; the sentence says why, for the person at the terminal."""
