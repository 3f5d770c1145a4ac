"""What the arms came to, as tables: means, differences from the plain GAN, and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.bench.table import table
from pellucid.lab.vivid.arms import ALL, ARMS, PLAIN
from pellucid.lab.vivid.verdicts import Estimate, of_arm, paired, spread_ratio

Row = dict[str, Any]
HEALTH = {  # of the tables: title and digits
    "psnr": ("PSNR, dB", 2),
    "feature": ("feature distance", 4),
    "flicker": ("flicker / bicubic's", 3),
    "diversity": ("diversity", 4),
    "rank": ("rank of J", 2),
    "least": ("σ_min / s", 3),
    "largest": ("σ_max / s", 3),
    "coverage": ("textures", 3),
}
TANGENT = "GAN + tangent"
HIGHER, LOWER = 1, -1
CLAIMS = (
    (ALL, "rank", HIGHER), (ALL, "diversity", HIGHER), (ALL, "least", HIGHER),
    (ALL, "psnr", HIGHER), (ALL, "feature", LOWER), (ALL, "flicker", LOWER),
    (TANGENT, "rank", HIGHER), (TANGENT, "diversity", HIGHER), (TANGENT, "least", HIGHER),
)  # fmt: skip
SPREADS = ("psnr", "feature", "diversity", "rank")  # from seed to seed


def trainings(rows: Sequence[Row]) -> list[str]:
    """The parts of a page; none where nothing was trained."""
    arms = [row for row in rows if row["kind"] == "arm"]
    if not arms:
        return []
    return ["## What each constraint does", _means(rows, arms), _differences(arms), _claims(arms)]


def _means(rows: Sequence[Row], arms: Sequence[Row]) -> str:
    seeds, steps = len({row["seed"] for row in arms}), arms[0]["steps"]
    start = [row["health"] for row in rows if row["kind"] == "start"][:1]
    lines = [["start", *(f"{h[name]:.{HEALTH[name][1]}f}" for name in HEALTH), ""] for h in start]
    for arm in ARMS:
        own = [row for row in arms if row["arm"] == arm]
        if not own:
            continue
        found = [(of_arm(arms, arm, name), digits) for name, (_, digits) in HEALTH.items()]
        cells = [one.told(digits) if one else "" for one, digits in found]
        collapsed = sum(bool(row["collapse"]) for row in own)
        lines.append([arm, *cells, f"{collapsed} of {len(own)}" if arm != "supervised" else ""])
    return (
        f"Each arm from the weights of the start, {steps} steps, {seeds} seeds, the same places "
        "and codes; mean and 95 % interval over seeds, on held-out places, without noise but for "
        "diversity (mean feature distance of two pictures that differ in noise), the rank, least "
        "and largest singular value of J, and textures (overlap of the histogram of codes with "
        "the truth's).\n\n" + table(["", *_titles(), "collapsed"], lines)
    )


def _differences(arms: Sequence[Row]) -> str:
    """Bold where the interval leaves 0 out."""
    lines = []
    for arm in (arm for arm in ARMS if arm != PLAIN):
        found = [(paired(arms, arm, PLAIN, name), digits) for name, (_, digits) in HEALTH.items()]
        if any(one for one, _ in found):
            lines.append([arm, *(_told(one, digits) for one, digits in found)])
    told = "Each arm less the plain GAN, seed by seed; bold where the 95 % interval leaves 0 out:"
    return f"{told}\n\n" + table(["", *_titles()], lines)


def _claims(arms: Sequence[Row]) -> str:
    lines = []
    for arm, name, sign in CLAIMS:
        found = paired(arms, arm, PLAIN, name)
        if found:
            claim = f"{arm}: {HEALTH[name][0]} is {'higher' if sign > 0 else 'lower'}"
            lines.append([claim, found.told(3), _verdict(found, sign)])
    for name in SPREADS:
        one, other = (of_arm(arms, arm, name) for arm in (ALL, PLAIN))
        ratio = spread_ratio(one, other, len({row["seed"] for row in arms}))
        if ratio:
            least, mean, most = ratio
            verdict = "**holds**" if most < 1 else "**fails**" if least > 1 else "not told apart"
            claim = f"{ALL}: {HEALTH[name][0]}, less spread from seed to seed"
            lines.append([claim, f"{mean:.2f} times ({least:.2f} to {most:.2f})", verdict])
    return "Claims against the plain GAN, with 95 % intervals:\n\n" + table(
        ["claim", "measured", "verdict"], lines
    )


def _titles() -> list[str]:
    return [title for title, _ in HEALTH.values()]


def _told(found: Estimate | None, digits: int) -> str:
    if found is None:
        return ""
    told = found.told(digits)
    return f"**{told}**" if found.within is not None and abs(found.mean) > found.within else told


def _verdict(found: Estimate, sign: int) -> str:
    if found.within is None:
        return "one seed"
    if sign * found.mean - found.within > 0:
        return "**holds**"
    return "not told apart" if sign * found.mean + found.within > 0 else "**fails**"
