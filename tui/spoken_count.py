"""Says how many there are of something, in the singular where it is one."""


def spoken_count(count: int, noun: str) -> str:
    """Of nouns that get an s: “1 command”, “1,200 commands”."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
