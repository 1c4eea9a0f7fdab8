"""Pages about clubs and the people in them."""
