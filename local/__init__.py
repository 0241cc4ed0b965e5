"""What a checkout needs around the server: LiveKit on this machine, and `make run`."""
