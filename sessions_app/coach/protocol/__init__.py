"""OpenAI's Realtime API as both of its ends need it here: pure values, no socket.

``client.py`` reads client events, ``session.py`` is the session object and how it is updated,
``server.py`` makes server events, ``items.py`` holds a conversation, ``errors.py`` the errors,
and ``beta.py`` reads the event names of servers that still speak the beta.
"""
