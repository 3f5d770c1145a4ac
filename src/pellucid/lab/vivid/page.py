"""The page docs/vivid.md, from the journal: how vivid looks, what each constraint did, crops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.bench.table import table
from pellucid.lab.vivid.arms import ALL, ARMS, PLAIN
from pellucid.lab.vivid.verdicts import Estimate, of_arm, paired

Row = dict[str, Any]
HEALTH = {  # of the table: title and digits
    "psnr": ("PSNR, dB", 2),
    "feature": ("feature distance", 4),
    "flicker": ("flicker / bicubic's", 3),
    "diversity": ("diversity", 4),
    "rank": ("rank of J", 2),
    "least": ("σ_min / s", 3),
    "coverage": ("textures", 3),
}
TANGENT = "GAN + tangent"
CLAIMS = (
    (ALL, "rank"), (ALL, "diversity"), (ALL, "least"), (TANGENT, "diversity"), (TANGENT, "least"),
)  # fmt: skip
INTRO = """
# vivid: for the eye

`vivid` is `standard` trained on: the same three networks of 10,020 parameters behind the same
gate, as many multiplications, the same engines and bytes. `standard` is trained for small errors,
which makes it careful: where it cannot know, it smooths. `vivid` is trained to look like the
truth to a network that knows ImageNet (the *feature distance*), to have its structure at several
scales, and to stand still where the truth does. `--strength` goes from `standard` (0) to `vivid`
(1) by weights that lie between theirs (`video/mix.py`); rows such as *vivid 0.5* are of that.

Two of the judges below are no strangers to it: the feature distance is a term of its loss, and the
structure term is weighted after SSIMULACRA2. PSNR and flicker are not asked for in that way;
judges that it never met, and what came of it all, are in [picture.md](picture.md).

It was meant to be trained against two critics as well, of which one sees two consecutive
pictures, with noise z as a second input of the generator, G(x, z), four numbers for each 8x8
cell, and held by three constraints (`training/constraints.py`): *local* (without noise it gives
the truth, with noise it goes no further than the noise is long), *tangent* (JᵀJ / s² = I: each
direction of noise does something, and none does much more than another), *latent* (noise from a
uniform law that optimal transport leads to codes of texture: a code comes back from what it
made). All that is there (`training/adversarial/`, `recipes/video-critics.toml`) and is taken
apart below. What ships, `recipes/video-vivid.toml`, has the critics' weights at 0. Why generators
collapse is told in [geometry.md](geometry.md), what the same terms do for small ones in
[collapse.md](collapse.md).
"""


def page(rows: Sequence[Row], command: str, machine: str, crops: Sequence[str]) -> str:
    """The whole page."""
    arms = [row for row in rows if row["kind"] == "arm"]
    parts = [INTRO.strip(), f"Made by `{command}` on {machine}."]
    if any(row["kind"] == "call" for row in rows):
        parts += ["## Through calls", _calls(rows)]
    if any(row["kind"] == "still" for row in rows):
        parts += ["## Clean stills", _stills(rows)]
    parts += [f"![{name}]({name})" for name in crops]
    if arms:
        parts += ["## What each constraint does", _ablation(rows, arms), _claims(arms)]
    return "\n\n".join(parts) + "\n"


def _calls(rows: Sequence[Row]) -> str:
    own = [row for row in rows if row["kind"] == "call"]
    clips = list(dict.fromkeys(row["clip"] for row in own))
    codecs = list(dict.fromkeys(row["codec"] for row in own))
    told = (
        f"Call protocol (V1), {len(clips)} clips ({', '.join(clips)}), 30 frames each: feature "
        "distance (lower is better) and SSIMULACRA2 (higher is better) of luma on two frames, PSNR "
        "and flicker on all."
    )
    parts = [told]
    for codec in codecs:
        for rate in sorted({row["rate"] for row in own}):
            some = [row for row in own if (row["codec"], row["rate"]) == (codec, rate)]
            parts += [f"**{codec}, {rate} kbit/s**", _scores(some, flicker=True)]
    return "\n\n".join(parts)


def _stills(rows: Sequence[Row]) -> str:
    own = [row for row in rows if row["kind"] == "still"]
    parts = ["Halved by MATLAB's bicubic (V2), luma."]
    for name in dict.fromkeys(row["set"] for row in own):
        some = [row for row in own if row["set"] == name]
        count = len({row["picture"] for row in some})
        parts += [f"**{name}, {count} pictures**", _scores(some, flicker=False)]
    return "\n\n".join(parts)


def _scores(rows: Sequence[Row], flicker: bool) -> str:
    methods = list(dict.fromkeys(row["method"] for row in rows))
    names = ["feature", "ssimulacra2", "psnr"] + ["flicker"] * flicker
    means = {
        m: {
            n: float(np.mean([r[n] for r in rows if r["method"] == m and r[n] is not None]))
            for n in names
        }
        for m in methods
    }
    head = ["", "feature distance", "SSIMULACRA2", "PSNR-Y, dB"] + ["flicker / bicubic's"] * flicker
    lines = []
    for method, mean in means.items():
        line = [
            method,
            f"{mean['feature']:.4f}",
            f"{mean['ssimulacra2']:.2f}",
            f"{mean['psnr']:.2f}",
        ]
        if flicker:
            line.append(f"{mean['flicker'] / means['bicubic']['flicker']:.3f}")
        lines.append(line)
    return table(head, lines)


def _ablation(rows: Sequence[Row], arms: Sequence[Row]) -> str:
    seeds, steps = len({row["seed"] for row in arms}), arms[0]["steps"]
    start = [row["health"] for row in rows if row["kind"] == "start"]
    lines = (
        [["start", *(f"{start[0][name]:.{digits}f}" for name, (_, digits) in HEALTH.items()), ""]]
        if start
        else []
    )
    for arm in ARMS:
        own = [row for row in arms if row["arm"] == arm]
        if not own:
            continue
        found = [(of_arm(arms, arm, name), digits) for name, (_, digits) in HEALTH.items()]
        cells = [one.told(digits) if one else "" for one, digits in found]
        collapsed = sum(bool(row["collapse"]) for row in own)
        lines.append([arm, *cells, f"{collapsed} of {len(own)}" if arm != "supervised" else ""])
    head = ["", *(title for title, _ in HEALTH.values()), "collapsed"]
    return (
        f"Each arm from the weights of the start, {steps} steps, {seeds} seeds, the same places "
        "and codes; mean and 95 % interval over seeds, on held-out places, without noise but for "
        "diversity (mean feature distance of two pictures that differ in noise), the rank and "
        "least singular value of J, and textures (overlap of the histogram of codes with the "
        "truth's).\n\n" + table(head, lines)
    )


def _claims(arms: Sequence[Row]) -> str:
    """All three against a plain GAN: rank and diversity seed by seed, spread from seed to seed."""
    lines = []
    for arm, name in CLAIMS:
        found = paired(arms, arm, PLAIN, name)
        if found:
            claim = f"{arm}: {HEALTH[name][0]} is higher"
            lines.append([claim, found.told(3), _verdict(found)])
    for name in ("psnr", "feature"):
        one, other = (of_arm(arms, arm, name) for arm in (ALL, PLAIN))
        if one and other and one.spread is not None and other.spread is not None:
            told = f"{one.spread:.4f} against {other.spread:.4f}"
            verdict = "holds, without an interval" if one.spread < other.spread else "fails"
            lines.append([f"{ALL}: {name}, less spread from seed to seed", told, verdict])
    return "Against the plain GAN, seed by seed:\n\n" + table(
        ["claim", "measured", "verdict"], lines
    )


def _verdict(found: Estimate) -> str:
    if found.within is None:
        return "one seed"
    if found.mean - found.within > 0:
        return "**holds**"
    return "not told apart" if found.mean + found.within > 0 else "**fails**"
