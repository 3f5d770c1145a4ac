// Flags are bytes, so that whole rows of them are joined at once.
#include "mask.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace pellucid {
namespace {

constexpr int GAP = 2;  // units that are cheaper to make than to begin anew behind

void join(std::uint8_t* __restrict into, const std::uint8_t* __restrict other, int count) {
    for (int i = 0; i < count; ++i) into[i] |= other[i];
}

// Flags the units of a row of pixels that differ.
void compare(const std::uint8_t* before, const std::uint8_t* now, int width, int unit, std::uint8_t* flags) {
    for (int x = 0; x < width; x += unit) {
        const auto size = static_cast<std::size_t>(std::min(unit, width - x));
        flags[x / unit] |= std::memcmp(before + x, now + x, size) != 0;
    }
}

}  // namespace

long Mask::count(int top, int bottom) const {
    return std::accumulate(row(top), row(bottom - 1) + units_, 0L);
}

Mask Mask::taller(int by) const {
    Mask made = *this;
    for (int y = 0; y < height_; ++y)
        for (int other = std::max(y - by, 0); other <= std::min(y + by, height_ - 1); ++other)
            if (other != y) join(made.row(y), row(other), units_);
    return made;
}

void Mask::spans(int y, int by, std::vector<Span>& out) const {
    out.clear();
    const std::uint8_t* flags = row(y);
    for (int unit = 0; unit < units_; ++unit) {
        if (!flags[unit]) continue;
        const int first = unit;
        while (unit < units_ && flags[unit]) ++unit;
        const int left = std::max(first - by, 0) * UNIT, right = std::min((unit + by) * UNIT, width_);
        if (!out.empty() && left - out.back().right <= GAP * UNIT) out.back().right = std::max(right, out.back().right);
        else out.push_back({left, right});
    }
}

Mask changed(const Plane& before, const Plane& now, int factor, int reach) {
    Mask differ((now.height + factor - 1) / factor, (now.width + factor - 1) / factor, false);
    for (int y = 0; y < now.height; ++y)
        compare(before.row(y), now.row(y), now.width, UNIT * factor, differ.row(y / factor));
    const Mask tall = differ.taller(reach);
    Mask made = tall;
    const int by = (reach + UNIT - 1) / UNIT, units = made.units();
    for (int y = 0; y < made.height(); ++y)
        for (int shift = 1; shift <= std::min(by, units - 1); ++shift) {
            join(made.row(y), tall.row(y) + shift, units - shift);
            join(made.row(y) + shift, tall.row(y), units - shift);
        }
    return made;
}

}  // namespace pellucid
