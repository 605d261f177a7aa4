"""What a reader sees of a topic: how it was understood, what it could become, ready-made topics, exclusions."""
