// One row doubled across at a time, then four of those summed down.
#include "chroma.hpp"

#include <algorithm>
#include <array>

namespace pellucid {
namespace {

using Weights = std::array<std::array<int, 4>, 2>;  // of output 2n, of output 2n + 1

constexpr Weights CENTERED = {{{-3, 29, 111, -9}, {-9, 111, 29, -3}}};
constexpr Weights COSITED = {{{-1, 12, 123, -6}, {-9, 93, 50, -6}}};

const Weights& weights_of(Phase phase) { return phase == Phase::centered ? CENTERED : COSITED; }

// The four input samples of output `index`: the first is n - 2 for even, n - 1 for odd ones.
std::array<int, 4> taps_of(int index, int size) {
    std::array<int, 4> taps;
    for (int k = 0; k < 4; ++k) taps[k] = std::clamp(index / 2 - 2 + index % 2 + k, 0, size - 1);
    return taps;
}

// One input row, doubled in width, in halves of 1/128 (fits int16).
void across(const std::uint8_t* row, int width, const Weights& weights, std::int16_t* out, int count) {
    for (int x = 0; x < count; ++x) {
        const auto taps = taps_of(x, width);
        const auto& w = weights[x % 2];
        const int sum = w[0] * row[taps[0]] + w[1] * row[taps[1]] + w[2] * row[taps[2]] +
                        w[3] * row[taps[3]];
        out[x] = static_cast<std::int16_t>((sum + 1) >> 1);
    }
}

void down(const std::array<const std::int16_t*, 4>& rows, const std::array<int, 4>& w, int count,
          std::uint8_t* out) {
    for (int x = 0; x < count; ++x) {
        const int sum = w[0] * rows[0][x] + w[1] * rows[1][x] + w[2] * rows[2][x] + w[3] * rows[3][x];
        out[x] = static_cast<std::uint8_t>(std::clamp((sum + 4096) >> 13, 0, 255));
    }
}

}  // namespace

void enlarge_chroma(const Plane& plane, const MutablePlane& out, Phase vertical, Phase horizontal) {
    const auto pitch = static_cast<std::size_t>(out.width);
    std::vector<std::int16_t> wide(pitch * static_cast<std::size_t>(plane.height));
    for (int y = 0; y < plane.height; ++y)
        across(plane.row(y), plane.width, weights_of(horizontal), wide.data() + y * out.width, out.width);
    for (int y = 0; y < out.height; ++y) {
        std::array<const std::int16_t*, 4> rows;
        const auto taps = taps_of(y, plane.height);
        for (int k = 0; k < 4; ++k) rows[k] = wide.data() + taps[k] * out.width;
        down(rows, weights_of(vertical)[y % 2], out.width, out.row(y));
    }
}

}  // namespace pellucid
