"""The size of a picture as an option's value."""

from __future__ import annotations

import re

import click

SIZE = re.compile(r"(\d+)x(\d+)")


class Size(click.ParamType[tuple[int, int]]):
    """WIDTHxHEIGHT to (height, width), both within bounds."""

    name = "WIDTHxHEIGHT"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """See click."""
        found = SIZE.fullmatch(str(value))
        if not found or not all(self._least <= int(side) <= self._most for side in found.groups()):
            self.fail(f"expected WIDTHxHEIGHT, such as 480x360, got {value}", param, ctx)
        return int(found[2]), int(found[1])
