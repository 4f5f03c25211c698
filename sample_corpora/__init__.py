"""What a newcomer trains on first: small modules that make a corpus on the spot."""
