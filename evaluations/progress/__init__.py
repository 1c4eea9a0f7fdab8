"""What changes from speech to speech: trends, goals, habits. Values in, values out."""
