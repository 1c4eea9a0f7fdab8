"""Links with which somebody without an account sees one recording of a speech.

``links`` makes, lists, ends and opens them; ``views`` are the buttons on the speech's page and the
shared page itself.
"""
