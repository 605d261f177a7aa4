"""Two structures of NumPy arrays that the index is made of, and the operations on them.

``Rows`` holds rows of different lengths in one array (compressed sparse rows); ``KeyTable`` finds 64-bit keys (a hash
join). Both answer many look-ups at once: the values found, and for each the number of the look-up that it answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MIN_BUCKET_BITS = 4
_MARK_BITS_FROM = 32  # of a key: the buckets use the bits below
_MARK_BIT_FROM = 29  # of those: three bits choose the bit within a byte of marks, the lower ones the byte
_BITS = np.left_shift(np.uint8(1), np.arange(8, dtype=np.uint8))


def ranges(starts: Int64 | Int32, counts: Int64 | Int32) -> tuple[Int64, Int64]:
    """Return all numbers of the ranges that begin at ``starts``, and for each the index of its range."""
    ends = counts.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    running = np.arange(total, dtype=np.int64)
    return running + (starts - ends + counts).repeat(counts), np.arange(len(starts)).repeat(counts)


def gather(offsets: Int32, rows: Int64 | Int32) -> tuple[Int64, Int64]:
    """Return the entries of some rows, given by the offsets of all, and for each the index into ``rows`` of its row."""
    starts = offsets[rows]
    return ranges(starts, offsets[rows + 1] - starts)


def grouped(rows: NDArray[np.signedinteger], size: int) -> tuple[Int32, Int64]:
    """Return offsets of ``size`` compressed rows, and the order that brings entries into them."""
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=size), out=offsets[1:])
    return offsets, np.argsort(rows, kind="stable")


def distinct(values: Int64, scratch: Int32) -> Int64:
    """Return ``values`` without doubles, in no order, in linear time.

    Values are at least 0 and below ``len(scratch)``; what stands in ``scratch`` before does not matter.
    """
    order = np.arange(len(values), dtype=np.int32)
    scratch[values] = order
    kept: Int64 = values[scratch[values] == order]
    return kept


def ordered(values: Int64) -> Int64:
    """Return ``values`` sorted and without doubles: ``np.unique`` at a fifth of its cost for the few of an article."""
    found = np.sort(values)
    return found[starts_of_runs(found)]


def starts_of_runs(values: NDArray[np.signedinteger]) -> NDArray[np.intp]:
    """Return where the runs of equal values begin."""
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first.nonzero()[0]


@dataclass(frozen=True, slots=True)
class Rows:
    """Compressed rows: the values of row ``n`` are ``values[offsets[n]:offsets[n + 1]]``."""

    offsets: Int32
    values: Int32

    @classmethod
    def of(cls, rows: Int32, values: Int32, size: int) -> "Rows":
        """Group ``values`` by ``rows``, numbers below ``size``."""
        offsets, order = grouped(rows, size)
        return cls(offsets, values[order])

    def pairs(self) -> tuple[Int32, Int32]:
        """Return the rows and values that these were made of, by rows."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets)), self.values

    def of_rows(self, rows: Int64 | Int32) -> tuple[Int32, Int64]:
        """Return the values of ``rows``, and for each the index into ``rows``."""
        entries, repeats = gather(self.offsets, rows)
        return self.values[entries], repeats

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.offsets.nbytes + self.values.nbytes


@dataclass(frozen=True, slots=True)
class KeyTable:
    """64-bit keys to numbers; a key may have several. Keys are hashes already: their lowest bits are the bucket.

    ``marks`` is a Bloom filter of one bit a key, sixteen bits a bucket, set by other bits of the key: most keys of an
    article are in no topic, and one look into this small array says so.
    """

    offsets: Int32
    keys: Int64
    values: Int32
    marks: NDArray[np.uint8]

    @classmethod
    def of(cls, keys: Int64, values: Int32) -> "KeyTable":
        """Make a table with one to two keys a bucket."""
        bits = max(len(keys).bit_length() - 1, _MIN_BUCKET_BITS)
        offsets, order = grouped((keys & ((1 << bits) - 1)).astype(np.int32), 1 << bits)
        marks = np.zeros(2 << bits, np.uint8)
        np.bitwise_or.at(marks, *_mark(keys, len(marks)))
        return cls(offsets, keys[order], values[order], marks)

    def join(self, keys: Int64) -> tuple[Int32, Int64]:
        """Return the values of ``keys``, and for each the index into ``keys``, in order."""
        at, bit = _mark(keys, len(self.marks))
        known = (self.marks[at] & bit).nonzero()[0]
        wanted = keys[known]
        entries, repeats = gather(self.offsets, wanted & (len(self.offsets) - 2))
        met = (self.keys[entries] == wanted[repeats]).nonzero()[0]
        return self.values[entries[met]], known[repeats[met]]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.offsets.nbytes + self.keys.nbytes + self.values.nbytes + self.marks.nbytes


def _mark(keys: Int64, size: int) -> tuple[Int64, NDArray[np.uint8]]:
    """Return where the marks of ``keys`` are in an array of ``size`` bytes: the byte, and the bit in it."""
    upper = keys >> _MARK_BITS_FROM
    return upper & (size - 1), _BITS[(upper >> _MARK_BIT_FROM) & 7]
