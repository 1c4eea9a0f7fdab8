"""Django's PostgreSQL, with a pool that a restart of the server leaves nothing dead in."""
