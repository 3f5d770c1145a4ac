// The seam for instruction sets: what a kernel set must provide to run a network.
//
// A plain row holds `width` pixels of `channels` bytes each, a zeroed (or, for the input, a
// replicated) pixel before and after, and SLACK bytes on either side that kernels may touch:
//
//     [SLACK][pad: C bytes][x = 0: C bytes] ... [x = width - 1][pad: C bytes][SLACK]
//
// Pointers to plain rows point at x = 0. A set may prepare rows in a form of its own before a 3x3
// layer reads them, once for all three times that they are read. All sets give the same bytes.
//
// A set is a table of functions, and its packed layers are plain arrays: a file compiled for one
// instruction set must not instantiate library templates, or the linker might choose its copy of
// them for everyone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "buffer.hpp"
#include "network.hpp"

namespace pellucid {

constexpr int SLACK = 3200;  // bytes: 24 pixels of 128 channels, and some

// A layer packed for one set. The order of the weights is the set's own affair.
struct Packed {
    int inputs, outputs, kernel, shift;
    const void* weight;
    const std::int32_t* bias;        // padded with zeros to a multiple of 16
    const std::int16_t* multiplier;  // likewise
};

// The prepared rows above, here and below; 1x1 layers read `here` alone.
struct Rows {
    const std::uint8_t *above, *here, *below;
};

struct KernelSet {
    const char* name;
    bool (*runs_here)();

    Buffer (*pack)(const Layer& layer);  // its weights in the set's order

    // Bytes of a row prepared for `layer`, and how to prepare it; null where plain rows will do.
    std::size_t (*prepared_size)(const Packed& layer, int width);
    std::size_t (*prepared_at)(const Packed& layer, int x);  // where pixel x begins, a multiple of 4
    void (*prepare)(const Packed& layer, const std::uint8_t* plain, int width, std::uint8_t* out);

    // Points 2 to 4: one plain row of uint8 features. May leave anything behind its last pixel.
    void (*hidden)(const Packed& layer, const Rows& rows, int width, std::uint8_t* out);

    // Points 2 and 3: one grid row of int16 residuals in sixteenths, as rows of finished pixels:
    // output a * side + b of cell x goes to out[a][x * side + b], where side^2 is the outputs.
    // May leave anything in the SLACK bytes behind each.
    void (*last)(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out);

    // Multiplies for some rounds as fast as it goes, to know the processor's peak; returns how many
    // multiply-accumulates that were. Null where nothing can be said.
    long (*burn)(long rounds);
};

// All that were compiled in, the fastest first; `portable`, the last, runs anywhere.
const std::vector<const KernelSet*>& kernel_sets();

// The named set, or for "" the fastest that runs here. Throws std::invalid_argument where there is
// no such set or it does not run here.
const KernelSet& kernel_set(const std::string& name);

// Owns what a Packed points to.
class PackedLayer {
public:
    PackedLayer(const KernelSet& set, const Layer& layer);
    const Packed& view() const { return view_; }

private:
    Buffer weight_, bias_, multiplier_;
    Packed view_;
};

}  // namespace pellucid
