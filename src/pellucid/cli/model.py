"""`pellucid model`: what can be asked of any network."""

from __future__ import annotations

import click

from pellucid.cli.model_cost import cost


@click.group()
def model() -> None:
    """Look into networks, our own and others'."""


model.add_command(cost)
