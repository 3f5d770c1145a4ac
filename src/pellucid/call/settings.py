"""What a caller may set while the call goes on, as messages name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from pellucid.call.impairment import Conditions
from pellucid.errors import CallError, FrameError

CHOICES = {
    "picture": ("server", "off"),
    "model": ("standard", "vivid", "lite"),
    "voice": ("clear", "plain"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """picture: who enlarges, "server", or "off" for nobody there. model: "standard", "vivid" or
    "lite". split: 0 to 1, the share of the width that shows the picture before. voice: "clear", or
    "plain" for what came. The others: see `Conditions`, of the way to the server.
    """

    picture: str = "server"
    model: str = "standard"
    split: float = 0.0
    voice: str = "clear"
    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kbps: float = 0.0

    @property
    def conditions(self) -> Conditions:
        """Of the link."""
        return Conditions(self.loss, self.delay_ms, self.jitter_ms, self.rate_kbps)

    def changed(self, message: Mapping[str, object]) -> Settings:
        """The same with what a message sets. Raises CallError for what there is not."""
        names = {field.name for field in fields(self)}
        wanted = {name: value for name, value in message.items() if name != "type"}
        for name, value in wanted.items():
            if name not in names or not _fits(name, value):
                raise CallError(f"There is no setting {name} of {value!r:.40}.", "bad_setting")
        made = replace(self, **wanted)  # type: ignore[arg-type]  # just checked
        try:
            made.conditions  # noqa: B018  checks itself
        except FrameError as error:
            raise CallError(f"{error}.", "bad_setting") from error
        return made


def _fits(name: str, value: object) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (name != "split" or 0 <= value <= 1)  # type: ignore[operator]
