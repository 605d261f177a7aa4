"""Arrays of postings: compressed rows, and a join by hash. The NumPy part of the topic index."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def ranges(starts: Int64, counts: Int64) -> tuple[Int64, Int64]:
    """Return all numbers of the ranges that begin at ``starts``, and for each the index of its range."""
    repeats = np.repeat(np.arange(len(starts), dtype=np.int64), counts)
    shift = starts - np.cumsum(counts) + counts  # what turns a running number into one of its range
    return np.arange(len(repeats), dtype=np.int64) + shift[repeats], repeats


def gather(offsets: Int32, rows: Int64 | Int32) -> tuple[Int64, Int64]:
    """Return the entries of ``rows`` in compressed rows, and for each the index into ``rows`` that it is of."""
    starts = offsets[rows].astype(np.int64)
    return ranges(starts, offsets[rows + 1] - starts)


def grouped(rows: NDArray[np.signedinteger], size: int) -> tuple[Int32, Int64]:
    """Return offsets of ``size`` compressed rows, and the order that brings entries into them."""
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=size), out=offsets[1:])
    return offsets, np.argsort(rows, kind="stable")


def distinct(values: Int64, scratch: Int32) -> Int64:
    """Return ``values`` without doubles, in no order, in linear time. ``scratch`` is as long as values are large."""
    order = np.arange(len(values), dtype=np.int32)
    scratch[values] = order
    kept: Int64 = values[scratch[values] == order]
    return kept


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
    """64-bit keys to numbers, several of each allowed: a hash join. Keys are hashes already: their low bits are it."""

    offsets: Int32
    keys: Int64
    values: Int32

    @classmethod
    def of(cls, keys: Int64, values: Int32) -> "KeyTable":
        """Make a table with about one bucket a key."""
        bits = max(len(keys).bit_length(), 4)
        offsets, order = grouped((keys & ((1 << bits) - 1)).astype(np.int32), 1 << bits)
        return cls(offsets, keys[order], values[order])

    def join(self, keys: Int64) -> tuple[Int32, Int64]:
        """Return the values of ``keys``, and for each the index into ``keys``."""
        entries, repeats = gather(self.offsets, keys & (len(self.offsets) - 2))
        met = np.flatnonzero(self.keys[entries] == keys[repeats])
        return self.values[entries[met]], repeats[met]
