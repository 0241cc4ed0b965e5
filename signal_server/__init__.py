"""HTTP and LiveKit edges of Vestibule: what translates between browsers, LiveKit and `admission`."""
