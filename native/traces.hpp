// Counts the traces of coding; the format is written down in src/pellucid/video/traces.py.
#pragma once

#include <array>

#include "network.hpp"

namespace pellucid {

constexpr int HISTOGRAMS = 4, BINS = 9;
using Counts = std::array<std::array<std::int64_t, BINS>, HISTOGRAMS>;

Counts count_traces(const Plane& plane);

}  // namespace pellucid
