"""What the built-in coach says: a pure function of what it knows and what was said to it.

``state.py`` has the values, ``intents.py`` understands short requests, ``topics.py`` what somebody
wants to work on, ``takes.py`` finds what to say of a take, and ``brain.py`` puts it together.
"""
