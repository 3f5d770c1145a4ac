"""How the page begins: what vivid is, or what was trained where nothing was judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WEIGHTS = (
    "feature", "structure", "steady", "adversarial", "temporal", "penalty", "local", "tangent",
    "latent", "critic_rate", "learning_rate",
)  # fmt: skip
INTRO = """
# vivid: for the eye

`vivid` is `standard` trained on: the same three networks of 10,020 parameters behind the same
gate, as many multiplications, the same engines and bytes. `standard` is trained for small errors,
which makes it careful: where it cannot know, it smooths. `vivid` is trained to look like the
truth to a network that knows ImageNet (the *feature distance*), to have its structure at several
scales, and to stand still where the truth does (`recipes/video-eye.toml`); then the one of its
networks that gets clean and lightly coded pictures is trained on for structure and small errors,
half of its pictures never coded (`recipes/video-vivid.toml`). `--strength` goes from `standard` (0)
to `vivid` (1) by weights that lie between theirs (`video/mix.py`); rows such as *vivid 0.5* are of
that.

Two of the judges below are no strangers to it: the feature distance is a term of its loss, and the
structure term is weighted after SSIMULACRA2. The others it never met; what came of it all is in
[picture.md](picture.md).

It was meant to be trained against two critics as well, of which one sees two consecutive
pictures, with noise z as a second input of the generator, G(x, z), four numbers for each 8x8
cell, and held by three constraints (`training/constraints.py`): *local* (without noise it gives
the truth, with noise it goes no further than the noise is long), *tangent* (JᵀJ / s² = I: each
direction of noise does something, and none does much more than another), *latent* (noise from a
uniform law that optimal transport leads to codes of texture: a code comes back from what it
made). All that is there (`training/adversarial/`, `recipes/video-critics.toml`) and is taken
apart below at weights like those that ship, and in [vivid-critics.md](vivid-critics.md) at weights
where the critics matter. What ships has the critics' weights at 0. Why generators collapse is told
in [geometry.md](geometry.md), what the same terms do for small ones in [collapse.md](collapse.md).
"""


def trainings_alone(recipe: Mapping[str, Any]) -> str:
    """Where no model was judged: of which recipe the trainings are, with its weights."""
    told = ", ".join(f"{name} {recipe[name]:g}" for name in WEIGHTS if recipe[name])
    left_out = ", ".join(name for name in WEIGHTS if not recipe[name])
    return (
        f"# The critics of vivid, recipe {recipe['name']}\n\n"
        "The terms of [vivid.md](vivid.md), each arm with and without them, from the weights of "
        f"`{recipe['start']}`. Weights: {told}"
        + (f"; without {left_out}. " if left_out else ". ")
        + "Nothing that ships was trained with these. How they were chosen is told in "
        "[picture.md](picture.md)."
    )
