"""The coach's session without sockets and clocks: what is relayed, refused, kept, tried again.

``session.py`` is where everything meets; ``allowed.py`` reads what browsers send, ``faults.py``
says what an upstream's error means, ``reconnecting.py`` when it is tried again, ``replies.py``
which answer is under way, ``history.py`` what was said, ``configuring.py`` the session object.
"""
