"""Other people's clients against our engine on a real port.

Their packages want other versions than ours, so each runs in an environment of its own, from a
lock of its own: ``.venv-conformance`` for pipecat's event parser, ``.venv-conformance-livekit`` for
LiveKit's whole plugin. ``python -m tests.conformance pipecat`` makes what is missing and runs it.
"""
