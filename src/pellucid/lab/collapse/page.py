"""The page: what was asked, what held, and a table and a figure for each data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pellucid.lab.collapse.arms import ARMS
from pellucid.lab.collapse.outcome import judge, scores_of, told
from pellucid.lab.collapse.solver import Settings
from pellucid.lab.journal import Row

INTRO = """\
# Mode collapse, and three cures

A small generator is to make data that fall apart into modes. A GAN often makes some of them alone.
Three terms are held against that, each alone and all together; they are functions in
`pellucid/training/constraints.py` that any generator can be trained with. Why it happens and what
the terms do is told in [geometry.md](geometry.md)."""
SCORES = """\
*modes*: with at least one good sample among 2500, of three digits at once among 26,000. *good*:
within three standard deviations of a mode's centre (of a Gaussian in the plane 98.9 % are). *KL*:
of the modes' shares, made against true, in nats (Srivastava et al. 2017, Lin et al. 2018).
*entropy*: of those shares. *newness*: how far good samples lie from those that were learned from,
beside fresh ones: a copy has 0, and so has an arm with no good sample. *rank*: the effective rank
of J (Roy and Vetterli 2007); *σ_min*: its smallest singular value, 1 where noise leads as far as
the tangent term asks. Means ± standard deviations over the seeds."""
HEAD = "| arm | modes | good, % | KL | entropy | newness | rank | σ_min | CPU s |"
RULE = "|---" * 9 + "|"
# Of Lin et al. 2018, table 1: modes, good %, KL; their networks, 100,000 samples, 400 epochs.
PUBLISHED: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "ring": {
        "GAN, published": ("6.3 ± 0.5", "98.2", "0.45"),
        "PacGAN2, published": ("7.9", "", "0.07"),
    },
    "grid": {
        "GAN, published": ("17.3", "94.8", "0.70"),
        "PacGAN2, published": ("23.8", "", "0.13"),
    },
    "stacked": {  # table 2, of MNIST; a classifier alone counts there
        "DCGAN, published": ("99.0", "", "3.40"),
        "unrolled GAN, published": ("48.7", "", "4.32"),
        "PacGAN2, published": ("1000.0", "", "0.06"),
    },
}
TITLES = {
    "ring": "Eight Gaussians on a ring", "grid": "25 Gaussians on a grid",
    "two": "Two Gaussians, far apart", "digits": "Handwritten digits",
    "stacked": "Three digits at once",
}  # fmt: skip
NOTES = {
    "two": "Unit Gaussians at (0, 0) and (40, 40). What a continuous map makes between them is "
           "neither: see the share of good samples.",
    "digits": "scikit-learn's 1797 digits of 8x8 pixels, every fifth held out; modes are told by a "
              "support vector machine, right on {accuracy:.1f} % of the held-out ones. Good is "
              "what lies as near to a learned digit as 98.9 % of held-out ones do; a blur between "
              "digits does as well, so look at the figure.",
    "stacked": "Three of these digits side by side, drawn one by one: a thousand modes, 5,000 "
               "stacks to learn from. Good is what is good in all three, of which {accuracy:.1f} % "
               "are told rightly. The figure has them as red, green and blue.",
}  # fmt: skip
READING = """\
## How to read it

- *local* begins with a sample of the data, and *all* and *latent* with a code that transport draws
  from the data's: they do not find modes, they were given them. That is the point of both, and the
  reason why modes alone prove little. Newness says whether they make more than copies.
- More good samples than the truth has is no praise: modes are made too narrow. So it is where an
  autoencoder codes modes that are far apart, as the figure of the two Gaussians shows; the scores
  that are usual do not see it.
- *latent* has no adversary at all. Where *latent* and *all* score alike, the adversary adds nothing
  that these scores see.
- The published rows are of other networks, of more samples and of many times as many steps: beside
  ours for the size of the effect, not as a race.
- The trainings are short, and the rates of learning are those of unrolled GANs (Metz et al. 2017):
  the adversary learns ten times as slowly. So a plain GAN rarely hits a mode within three standard
  deviations. [geometry.md](geometry.md) has one whose adversary learns as fast, for longer.
- Hyperparameters are the same for every data set and seed; seeds are 0, 1, 2 and so on, none is
  left out. Networks have two hidden layers of 64 ReLUs, Adam, batches of 64, 1000 samples to
  learn from (1437 digits, 5,000 stacks of them). They were chosen while looking at these data and
  seeds, not at others, before the stacks were added: the length of the noise was first taken
  without the root of its dimension, which led that of the digits far off. Now s is the median
  distance to the sixth nearest sample over √k."""


def page(command: str, settings: Settings, by_data: Mapping[str, Sequence[Row]]) -> str:
    """Markdown. by_data: rows of each data set, the truth first."""
    rows = [row for found in by_data.values() for row in found[1:]]
    machines = " and ".join(sorted({row["machine"] for row in rows}))
    made = f"Made by `{command}`: {settings.seeds} seeds, {settings.steps:,} steps"
    judged = [one for name, found in by_data.items() for one in judge(name, found)]
    claims = [f"| {one.claim} | {one.measured} | **{one.verdict}** |" for one in judged]
    arms = [f"- *{name}*: {arm.told}." for name, arm in ARMS.items()]
    parts = [
        INTRO, made + (f", on {machines}." if machines else "."), "\n".join(arms),
        "\n".join(["| claim | measured | verdict |", "|---|---|---|", *claims]), SCORES,
        *(_section(name, found, command) for name, found in by_data.items()), READING,
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _section(name: str, rows: Sequence[Row], command: str) -> str:
    note = NOTES.get(name, "").format(accuracy=100 * rows[0].get("accuracy", 0.0))
    lines = [_line(row) for row in rows]
    for words, (modes, good, kl) in PUBLISHED.get(name, {}).items():
        lines.append(f"| *{words}* | {modes} | {good} | {kl} | | | | | |")
    made = f"`{command}`, or of this data set alone with `--data {name}`; samples are seed 0's."
    parts = [f"## {TITLES[name]}", note, f"![{name}](collapse-{name}.png)",
             "\n".join([HEAD, RULE, *lines]), made]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _line(row: Row) -> str:
    cells = [
        told(scores_of(row, "modes"), 1), told([100 * x for x in scores_of(row, "quality")], 1),
        *(told(scores_of(row, key), 2) for key in ("reverse_kl", "entropy", "newness")),
    ]  # fmt: skip
    if "rank" in row:
        cells += [told(row["rank"], 2), told(row["smallest"], 2), f"{row['cpu seconds']:.0f}"]
    else:
        cells += ["", "", ""]
    return f"| {row['arm']} | {' | '.join(cells)} |"
