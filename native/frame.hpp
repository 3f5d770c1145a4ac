// A whole frame in one pass: windows of luma and bands of colour, shared out among threads.
#pragma once

#include <vector>

#include "bands.hpp"
#include "chroma.hpp"

namespace pellucid {

// Makes the windows of luma, and each colour plane as a whole.
void enlarge_frame(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out,
                   const std::vector<Window>& windows, const std::vector<Colour>& colours, int threads);

}  // namespace pellucid
