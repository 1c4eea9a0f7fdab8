"""What an engine cannot hear, so that its silence is not taken for the speaker's."""

from collections.abc import Mapping

# The built-in transcriber's dictionary has hardly any fillers: their absence there proves nothing.
_DEAF_TO_FILLERS = ("builtin", "pocketsphinx")


def hears_fillers(engines: Mapping[str, str]) -> bool:
    """Whether the engine that gave the transcript writes "um" and "uh"; unknown engines do not."""
    engine = engines.get("transcript") or engines.get("final") or ""
    return bool(engine) and not engine.startswith(_DEAF_TO_FILLERS)
