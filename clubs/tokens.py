"""Secrets that open something for whoever holds them: 256 random bits, kept only as a hash."""

import hashlib
import secrets


def new_token() -> str:
    """A token fit for an address; nothing can give it again."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token, in hexadecimal: SHA-256, since nobody guesses 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()
