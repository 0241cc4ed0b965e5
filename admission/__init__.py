"""Who may enter a meeting: the rules, without HTTP and without LiveKit."""
