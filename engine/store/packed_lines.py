"""Lines as gzipped bytes, and back: they may come in pieces, and each has a bound, as what is small packed may be endless
unpacked."""

import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from engine.errors import Refused

GZIP: Final = 31  # zlib's word for its window with gzip's own header
AT_ONCE: Final = 1 << 20
LONGEST: Final = 64 << 20
"""Bytes of one line."""
NOT_OURS: Final = "What came is not packed as ConneqtOS packs it."


def lines_of(packed: Iterable[bytes], most: int = sys.maxsize) -> Iterator[bytes]:
    """The lines in gzipped bytes, which may come in parts of any length. The last one comes only when the end was
    read, with its checksum: it says that all of it is there. Raises Refused for what is not ours: an empty line, one
    that is too long, more than `most` bytes together."""
    opener, rest, last = zlib.decompressobj(GZIP), bytearray(), b""
    for opened in _opened(opener, packed):
        most -= len(opened)
        begun, *more = opened.split(b"\n")
        rest += begun
        if most < 0 or len(rest) > LONGEST:
            raise Refused(NOT_OURS)
        for following in more:
            if not rest:
                raise Refused(NOT_OURS)
            if last:
                yield last
            last, rest = bytes(rest), bytearray(following)
    if opener.eof and last:
        yield last


def _opened(opener: Any, packed: Iterable[bytes]) -> Iterator[bytes]:
    """What is in them, in pieces that have a bound."""
    for piece in packed:
        waiting = piece
        while waiting and not opener.eof:
            try:
                opened = opener.decompress(waiting, AT_ONCE)
            except zlib.error:
                raise Refused(NOT_OURS) from None
            waiting = opener.unconsumed_tail
            if opened:
                yield opened
            elif not waiting:
                break


def packed_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, without their ends, as gzipped bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for line in lines:
        packed = packer.compress(line + b"\n")
        if packed:
            yield packed
    yield packer.flush()
