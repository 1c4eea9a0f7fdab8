"""Deepgram: live captions and the final transcript by a vendor's engine.

``core`` is pure: what is asked, what the answers mean, how pieces are joined. ``connection`` and
``client`` are the only files that touch the vendor's SDK, which is loaded with the first speech.
"""

from typing import Final

NAME: Final = "deepgram"
