"""Pure: what OpenAI is asked about a recording, and what its answers mean."""
