"""OpenAI: the final transcript by a vendor's model, whether or not it gives times.

``core`` is pure: what is asked, and what the answers mean. ``final`` asks.
"""
