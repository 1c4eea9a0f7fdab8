"""The built-in engine without I/O: events in, events and effects out.

``machine.py`` is its one door. ``detector.py`` tells speech from silence, ``hearing.py`` cuts it
into turns, ``replying.py`` carries a response from its first event to its last, and
``coaching/`` decides what is said.
"""
