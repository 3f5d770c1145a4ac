// Which cells of the feature grid to make: UNIT of them in a row share a flag.
#pragma once

#include <cstdint>
#include <vector>

#include "network.hpp"

namespace pellucid {

constexpr int UNIT = 4;  // as many as the pixels of a tile in winograd.hpp

// Cells [left, right) of one row.
struct Span {
    int left, right;
};

class Mask {
public:
    // All cells of a grid, or none.
    Mask(int height, int width, bool flag)
        : height_(height), width_(width), units_((width + UNIT - 1) / UNIT),
          flags_(static_cast<std::size_t>(height * units_), flag) {}

    int height() const { return height_; }
    int units() const { return units_; }
    std::uint8_t* row(int y) { return flags_.data() + static_cast<std::size_t>(y * units_); }
    const std::uint8_t* row(int y) const { return flags_.data() + static_cast<std::size_t>(y * units_); }

    // Flagged units of rows [top, bottom).
    long count(int top, int bottom) const;

    // Each row joined with the `by` rows before and behind it.
    Mask taller(int by) const;

    // The flagged runs of a row with `by` more units on either side; runs that meet or nearly do
    // are joined.
    void spans(int y, int by, std::vector<Span>& out) const;

private:
    int height_, width_, units_;
    std::vector<std::uint8_t> flags_;
};

// The cells within `reach` rows and columns of a pixel that is not the same in both pictures.
Mask changed(const Plane& before, const Plane& now, int factor, int reach);

}  // namespace pellucid
