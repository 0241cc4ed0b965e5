"""All that knows LiveKit, the media server (SFU)."""
