"""Whole numbers to bytes by how often each occurs: Huffman codes, or asymmetric numeral systems.

Huffman 1952 gives each symbol whole bits; ANS (Duda 2013) comes as near to the entropy as its
24-bit probabilities allow. Both are constriction's (Bamler 2022; MIT, Apache-2.0 or BSL-1.0): it
has both, is kept up, and decodes with the models it encodes with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import constriction
import numpy as np
import numpy.typing as npt

Coder = Literal["huffman", "ans"]
Symbols = npt.NDArray[np.int32]  # (N,), 0 and above
Words = npt.NDArray[np.uint32]
CODERS: tuple[Coder, ...] = ("huffman", "ans")


@dataclass(frozen=True)
class Table:
    """What a decoder has to know of a stream: how often each symbol from 0 on occurs."""

    counts: tuple[int, ...]

    @property
    def length(self) -> int:
        """Of the stream."""
        return sum(self.counts)

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """The probability of each symbol."""
        return np.array(self.counts, np.float64) / max(self.length, 1)

    @property
    def needs_words(self) -> bool:
        """Whether there are different symbols; else the table says it all."""
        return sum(count > 0 for count in self.counts) > 1

    @property
    def entropy(self) -> float:
        """Bits a symbol, by the table. Source: Shannon 1948."""
        shares = self.shares[self.shares > 0]
        return float(-(shares * np.log2(shares)).sum())


def table_of(stream: Symbols) -> Table:
    """Of a stream."""
    return Table(tuple(np.bincount(stream).tolist()))


def encode(streams: Sequence[Symbols], coder: Coder) -> bytes:
    """All streams, each by its own table: 32-bit words, the least byte first."""
    both = [(stream, table_of(stream)) for stream in streams]
    worth = [(stream, table) for stream, table in both if table.needs_words]
    words = _to_huffman(worth) if coder == "huffman" else _to_ans(worth)
    return words.astype("<u4").tobytes()


def decode(data: bytes, tables: Sequence[Table], coder: Coder) -> list[Symbols]:
    """What `encode` was given. data: what it made, unchanged."""
    words = np.frombuffer(data, "<u4").astype(np.uint32)
    worth = [table for table in tables if table.needs_words]
    coded = _from_huffman(words, worth) if coder == "huffman" else _from_ans(words, worth)
    return [next(coded) if table.needs_words else _alike(table) for table in tables]


def _to_ans(streams: Sequence[tuple[Symbols, Table]]) -> Words:
    coder = constriction.stream.stack.AnsCoder()
    for stream, table in reversed(streams):  # a stack: the last in is the first out
        coder.encode_reverse(stream, _model(table))
    return np.asarray(coder.get_compressed(), np.uint32)


def _from_ans(words: Words, tables: Sequence[Table]) -> Iterator[Symbols]:
    coder = constriction.stream.stack.AnsCoder(words)
    for table in tables:
        yield np.asarray(coder.decode(_model(table), table.length), np.int32)


def _to_huffman(streams: Sequence[tuple[Symbols, Table]]) -> Words:
    coder = constriction.symbol.QueueEncoder()
    for stream, table in streams:
        tree = constriction.symbol.huffman.EncoderHuffmanTree(table.shares)
        for symbol in stream.tolist():
            coder.encode_symbol(symbol, tree)
    return np.asarray(coder.get_compressed()[0], np.uint32)


def _from_huffman(words: Words, tables: Sequence[Table]) -> Iterator[Symbols]:
    coder = constriction.symbol.QueueDecoder(words)
    for table in tables:
        tree = constriction.symbol.huffman.DecoderHuffmanTree(table.shares)
        yield np.array([coder.decode_symbol(tree) for _ in range(table.length)], np.int32)


def _model(table: Table) -> constriction.stream.model.Categorical:
    return constriction.stream.model.Categorical(table.shares, perfect=False)


def _alike(table: Table) -> Symbols:
    return np.full(table.length, max(len(table.counts) - 1, 0), np.int32)
