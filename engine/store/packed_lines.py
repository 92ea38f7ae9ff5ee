"""Lines as gzipped bytes, and back: they may come in pieces, and each has a bound, as what is small packed may be endless
unpacked."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from engine.errors import Refused

GZIP: Final = 31  # zlib's word for its window with gzip's own header
AT_ONCE: Final = 1 << 20
LONGEST: Final = 64 << 20
"""Bytes of one line."""
NOT_OURS: Final = "What came is not packed as ConneqtOS packs it."


def lines_of(packed: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in gzipped bytes, which may come in parts of any length. The last one comes only when the end was
    read, with its checksum: it says that all of it is there. Raises Refused for what is not ours."""
    opener, rest, last = zlib.decompressobj(GZIP), b"", b""
    for piece in packed:
        waiting = piece
        while waiting and not opener.eof:
            try:
                opened = opener.decompress(waiting, AT_ONCE)
            except zlib.error:
                raise Refused(NOT_OURS) from None
            waiting = opener.unconsumed_tail
            if not opened and not waiting:
                break
            *whole, rest = (rest + opened).split(b"\n") if b"\n" in opened else (rest + opened,)
            if len(rest) > LONGEST:
                raise Refused(NOT_OURS)
            for line in whole:
                if last:
                    yield last
                last = line
    if opener.eof and last:
        yield last


def packed_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, without their ends, as gzipped bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for line in lines:
        packed = packer.compress(line + b"\n")
        if packed:
            yield packed
    yield packer.flush()
