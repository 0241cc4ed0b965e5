"""Where everything that matters is kept."""
