// Chroma x2 by a fixed-point cubic; the format is written down in src/pellucid/video/chroma.py.
#pragma once

#include "network.hpp"

namespace pellucid {

// How the new samples lie between the old ones along one axis.
enum class Phase { centered, cosited };

// A colour plane and where it goes: `out` is at most twice as high and wide (one less, where luma's
// size is odd).
struct Colour {
    Plane plane;
    MutablePlane out;
    Phase vertical, horizontal;
};

// Makes rows [top, bottom) of colour.out.
void enlarge_chroma(const Colour& colour, int top, int bottom);

}  // namespace pellucid
