"""The coach that needs no key and no network, behind the protocol of OpenAI Realtime.

The browser cannot tell it from the other upstream, and the tests use it as a fake of that one: one
code base. ``core/machine.py`` decides everything, without I/O or a clock; ``connection.py`` runs
what it asks for: ``ear.py`` turns sound into words, ``mouth.py`` words into sound, and
``core/coaching/`` knows what to say.
"""
