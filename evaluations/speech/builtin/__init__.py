"""Speech without a key or a network: the best voice that is installed.

espeak-ng comes with the Python packages and is always there; pico and flite, Debian packages,
sound better and are preferred.
"""
