"""`python -m signal_server` and the command `vestibule`."""

from signal_server.cli import main

if __name__ == "__main__":
    main()
