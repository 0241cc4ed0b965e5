"""The server is killed again and again while people knock and are let in: what it had answered has to be so."""
