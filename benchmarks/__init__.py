"""Measures the server as it is shipped. `make bench` runs it; the README's figures come from here."""
