"""All that knows LiveKit, the media server (SFU)."""


class SfuUnavailable(Exception):
    """LiveKit does not answer, or answers nonsense."""
