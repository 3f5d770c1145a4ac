// Which parts of a picture have to be made anew when the one before is known.
#pragma once

#include <vector>

#include "bands.hpp"

namespace pellucid {

// Windows, in pixels and none over another, that hold every pixel with a change within `reach` of
// it; their seams lie on even pixels. Few large ones rather than many exact ones, as each computes up to
// `reach` pixels around it as well; one of the whole picture where that is cheapest.
std::vector<Window> changed_windows(const Plane& before, const Plane& now, int reach);

}  // namespace pellucid
