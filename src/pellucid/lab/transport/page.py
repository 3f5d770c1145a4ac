"""The page: verdicts, a section for each part, and what the theory leaves open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pellucid.lab.transport.outcome import judge, mean_of

INTRO = """\
# Optimal transport between a latent variable and data

A generator of a GAN or of a decoder maps a uniform latent variable onto data. Semi-discrete optimal
transport does its probabilistic half exactly: of all maps that take a uniform density to N given
points with given shares, it finds the one that moves mass least, by the cost ½|x − y|². It is
T = ∇u for a convex u (Brenier 1991), and here u(x) = max_i (⟨x, y_i⟩ + h_i): N planes, of which
only the heights h are sought (Gu, Luo, Sun, Yau 2013; Lei, Su, Cui, Yau, Gu 2017)."""
LOOSE = """\
## What the theory says, and what it does not

- *Says*: T exists, is unique and monotone; h is the minimum of a convex function, so nothing hangs
  on the start; from heights where every cell has mass, Newton's method with halved steps converges
  (Kitagawa, Mérigot, Thibert 2019). T is continuous but for the ridges of u. With N atoms every
  edge of a cell is one; those that stay wide as N grows are T's singular set.
- *Does not say* that the data are good codes. T makes shares right, and keeps whatever distortion
  the surface or the decoder has. Latent and data need the same dimension.
- *Exact is only the plane.* There areas are sums over edges. Above, cells are counted in batches,
  and the held-out residual has a floor, √((N − 1)/points), below which one cannot see.

## Where talk about it is loose

- "The discriminator gives the generator in closed form, T = x − ∇φ." For the cost ½|x − y|² that is
  so, and of φ alone, which with N planes is one maxout layer. The discriminator of a Wasserstein
  GAN has the cost |x − y|: its slope is 1 almost everywhere, it gives the direction and not the
  length.
- "So one of the two networks is superfluous." A φ that is right gives T at once. Two networks that
  are trained against each other have no such φ before they are done, and the G of a GAN maps
  from few dimensions to many, where x − y is not defined. It holds in the latent space of an
  autoencoder (An et al. 2020).
- "Mode collapse is a singular set." A network is continuous and T is not, where the data fall
  apart: so a network bridges or drops. But that needs data with gaps. The surface above has none,
  and two networks lose its head all the same, because the surface is steep there over the disk.
- "Piecewise-linear extension." Between the atoms it is interpolation, optimal for nothing. In the
  plane ours is linear on triangles. Above it is a blend of the highest planes, as in AE-OT, which
  jumps where their order changes.
- The dihedral angle depends on the unit of the data: it is between (y, −1) and (y′, −1). A
  threshold from one latent space means nothing in another."""


def page(command: str, done: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown. done: by part, what its JSON file holds."""
    numbers = {part: row["numbers"] for part, row in done.items()}
    machines = " and ".join(sorted({row["machine"] for row in done.values()}))
    parts = [INTRO, f"Made by `{command}`" + (f" on {machines}." if machines else ".")]
    if len(done) < len(SECTIONS):
        told = f"{len(done)} of {len(SECTIONS)} parts are done; the same command does the rest."
        parts.append(told)
    rows = [f"| {one.claim} | {one.measured} | **{one.verdict}** |" for one in judge(numbers)]
    parts.append("\n".join(["| claim | measured | verdict |", "|---|---|---|", *rows]))
    parts += [_section(part, row) for part, row in done.items()]
    return "\n\n".join([*parts, LOOSE]) + "\n"


def _section(part: str, row: Mapping[str, Any]) -> str:
    title, told = SECTIONS[part]
    numbers = f"[transport-{part}.json](transport-{part}.json)"
    made = f"`{row['command']}`, seed {row['seed']}; numbers: {numbers}."
    return f"## {title}\n\n![{part}](transport-{part}.png)\n\n{told(row['numbers'])}\n\n{made}"


def _newton(numbers: Mapping[str, Any]) -> str:
    rows = [
        f"| {row['atoms']:,} | {row['steps']} | {row['seconds']:.2f} | {row['cpu seconds']:.2f} "
        f"| {row['residual']:.1e} |"
        for row in numbers["rows"]
    ]
    head = "| atoms | steps | seconds | of a processor | largest relative error |"
    return (
        "A square's uniform density onto a ring, whose hole T tears open. Left: each cell has a "
        "line to its atom. Which cells meet is a convex hull in space; areas, moments and the "
        "Hessian are sums over edges.\n\n" + "\n".join([head, 5 * "|---" + "|", *rows])
    )


def _rates(numbers: Mapping[str, Any]) -> str:
    flat = next(row for row in numbers["rows"] if row["dimension"] == 2)
    return (
        f"{numbers['atoms']} atoms, the same steps and batches for every step size. In the plane "
        f"the best one, {flat['best']:g}, is within {flat['heights']:.1e} of the exact heights; "
        f"those show a residual of {flat['exact']:.3f}, which is the counting. The best step size "
        "differs by dimension, so `semidiscrete.estimate` tries several and keeps the best on "
        "points that none of them saw."
    )


def _potential(numbers: Mapping[str, Any]) -> str:
    learned = numbers["learned"]
    return (
        "φ is differentiated numerically; the arrows go down its slope and end on atoms. In 8-D φ "
        "alone was trained, no generator, and x − ∇φ(x) is one all the same: its shares are as "
        f"right as φ is (residual {learned['residual']:.3f}, floor {learned['floor']:.3f})."
    )


def _tears(numbers: Mapping[str, Any]) -> str:
    return (
        "Two balls, and a square or a cube onto them. The dark ridge is where T tears. What a "
        "linear map makes between atoms are new codes; across that ridge they are off the data. "
        "Where wide ridges are not bridged, the codes are atoms."
    )


def _surface(numbers: Mapping[str, Any]) -> str:
    before, after = numbers["without"], numbers["with"]
    return (
        f"A head on shoulders of {numbers['vertices']:,} vertices, made up, unrolled by mean value "
        "weights (Floater 2003), which never fold. Points uniform on the disk; atoms are the "
        f"vertices with the shares of their areas. In {numbers['patches']} patches of equal area "
        f"χ²/freedom falls from {before['chi_square'] / before['freedom']:.0f} to "
        f"{after['chi_square'] / after['freedom']:.1f} (uniform points: 1, a CV of "
        f"{after['noise']:.3f}). What is left comes from the interpolation between vertices."
    )


def _networks(numbers: Mapping[str, Any]) -> str:
    rows = numbers["rows"]
    keys = ("variation", "head", "distance", "error")
    lines = []
    for way in dict.fromkeys(row["way"] for row in rows):
        size = next(row["parameters"] for row in rows if row["way"] == way)
        cells = [f"{mean_of(rows, way, key):.3f}" for key in keys]
        lines.append(f"| {way} | {' | '.join(cells)} | {size:,} |")
    head = "| way | CV | head's share | off the surface | from the exact | parameters |"
    seeds = len({row["seed"] for row in rows})
    return (
        f"Means of {seeds} paired seeds; distances are root mean squares, the surface is about 2 "
        "wide. Networks learn from the exact map: T and the surface G each, or G∘T at once with "
        "as many parameters and steps as both together. T squeezes what G stretches; their "
        "product is tamer than either, while an error of T, small on the disk, is stretched by G. "
        "The exact T is the teacher of all of them: one training saves a network, not the "
        "transport.\n\n"
        + "\n".join([head, 6 * "|---" + "|", *lines])
        + f"\n\nUniform points in the same patches: a CV of {rows[0]['noise']:.3f}."
    )


SECTIONS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "newton": ("Exact, in the plane", _newton),
    "rates": ("By Monte Carlo, in any dimension", _rates),
    "potential": ("Generator and discriminator", _potential),
    "tears": ("Where the map tears", _tears),
    "surface": ("A surface sampled evenly", _surface),
    "networks": ("Learned: T, and G∘T in one training", _networks),
}
