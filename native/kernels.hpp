// The seam for instruction sets: what a kernel set must provide to run a network.
//
// A feature row holds `width` pixels of `channels` bytes each, with one zeroed (or, for the
// input, replicated) pixel before and after:
//
//     [pad: C bytes][x = 0: C bytes][x = 1: C bytes] ... [x = width - 1][pad: C bytes]
//
// Pointers to rows point at x = 0. Every kernel set gives the same bytes.
#pragma once

#include <cstdint>
#include <memory>

#include "network.hpp"

namespace pellucid {

// A layer with its weights packed for one kernel set.
class RowKernel {
public:
    virtual ~RowKernel() = default;

    // Points 2 to 4: one output row of uint8 features. above, here, below are the input rows
    // (1x1 layers read `here` alone).
    virtual void hidden(const std::uint8_t* above, const std::uint8_t* here,
                        const std::uint8_t* below, int width, std::uint8_t* out) const = 0;

    // Points 2 and 3: one output row of int16 residuals in sixteenths, [x][output].
    virtual void last(const std::uint8_t* above, const std::uint8_t* here,
                      const std::uint8_t* below, int width, std::int16_t* out) const = 0;
};

std::unique_ptr<RowKernel> portable_kernel(const Layer& layer);

}  // namespace pellucid
