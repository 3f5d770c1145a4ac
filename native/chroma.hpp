// Chroma x2 by a fixed-point cubic; the format is written down in src/pellucid/video/chroma.py.
#pragma once

#include "network.hpp"

namespace pellucid {

// How the new samples lie between the old ones along one axis.
enum class Phase { centered, cosited };

// out must be at most twice as high and wide as plane (one less, where luma's size is odd).
void enlarge_chroma(const Plane& plane, const MutablePlane& out, Phase vertical, Phase horizontal);

}  // namespace pellucid
