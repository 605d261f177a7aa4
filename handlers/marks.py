"""How a button shows that it is what is chosen now."""


def marked(text: str, *, on: bool) -> str:
    """Return a button's text, with a mark where it is what is chosen now."""
    return f"✓ {text}" if on else text
