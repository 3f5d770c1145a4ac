// A whole frame in one pass: bands of luma and of colour, shared out among threads.
#pragma once

#include <vector>

#include "bands.hpp"
#include "chroma.hpp"

namespace pellucid {

// Makes the flagged cells of luma, and each colour plane as a whole.
void enlarge_frame(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out, const Mask& mask,
                   const std::vector<Colour>& colours, int threads);

}  // namespace pellucid
