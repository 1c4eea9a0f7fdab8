"""Meetings: their agendas, who speaks, and the way from a place on one to a live session."""
