// NEON with dot products of bytes (an option of Armv8.2), which are signed by signed: rows are
// prepared less 128, and the sums begin with what that takes away, 128 times a sum of weights.
#include <arm_neon.h>

#include "cpu.hpp"
#include "dot.hpp"
#include "neon.hpp"
#include "peak.hpp"

namespace pellucid {
namespace {

struct NeonDot;

template <int VECTORS>
class RequantiseSigned : public Requantise<VECTORS> {
public:
    RequantiseSigned(const Packed& layer, int first);
    Sums start(int vector) const { return start_[vector]; }

private:
    Sums start_[VECTORS];
};

struct Vector {
    static constexpr int LANES = 4;
    template <int VECTORS>
    static constexpr int PIXELS = 24 / VECTORS;
    using Sum = Sums;
    using Weights = int8x16_t;
    using Weight = std::int8_t;
    using Datum = std::uint8_t;
    template <int VECTORS>
    using Scale = RequantiseSigned<VECTORS>;

    static Weights weights(const std::int8_t* at) { return vld1q_s8(at); }
    static int8x16_t spread(const std::uint8_t* at) {
        std::int32_t four;
        std::memcpy(&four, at, sizeof four);
        return vreinterpretq_s8_s32(vdupq_n_s32(four));
    }
    static Sum add_product(Sum sum, Weights w, int8x16_t d) { return {vdotq_s32(sum.v, w, d)}; }
};

struct NeonDot {
    static constexpr int BLOCK = 16;
    using Wide = Vector;
    using Narrow = Vector;
    static int lane(int output, int) { return output; }
};

template <int VECTORS>
RequantiseSigned<VECTORS>::RequantiseSigned(const Packed& layer, int first) : Requantise<VECTORS>(layer, first) {
    const int size = weights_size<NeonDot>(layer.kernel, layer.inputs, layer.outputs);
    const auto* bytes = static_cast<const std::uint8_t*>(layer.weight) + size;
    const auto* sums = reinterpret_cast<const std::int32_t*>(bytes) + first;
    for (int v = 0; v < VECTORS; ++v)
        start_[v] = Requantise<VECTORS>::start(v) + Sums{vld1q_s32(sums + 4 * v)};
}

// A plain row as it is: with the pixels before and behind, and room to read on.
std::size_t prepared_size(const Packed& layer, int width) {
    return static_cast<std::size_t>((width + 2) * layer.inputs + SLACK);
}

std::size_t prepared_at(const Packed& layer, int x) { return static_cast<std::size_t>(x * layer.inputs); }

void prepare(const Packed& layer, const std::uint8_t* plain, int width, std::uint8_t* out) {
    const std::uint8_t* from = plain - layer.inputs;
    const int size = (width + 2) * layer.inputs;
    for (int i = 0; i < size; i += 16) vst1q_u8(out + i, veorq_u8(vld1q_u8(from + i), vdupq_n_u8(128)));
}

// Rows as dot.hpp wants them, at their first pixel.
Rows plain(const Packed& layer, const Rows& rows) {
    return {rows.above + layer.inputs, rows.here + layer.inputs, rows.below + layer.inputs};
}

void hidden(const Packed& layer, const Rows& rows, int width, std::uint8_t* out) {
    hidden_dot<NeonDot>(layer, plain(layer, rows), width, out);
}

void last(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out) {
    last_dot<NeonDot>(layer, plain(layer, rows), width, out);
}

}  // namespace

extern const KernelSet neon_dot_set = {
    "neon_dot", has_neon_dot, pack_dot<NeonDot>, prepared_size, prepared_at, prepare, hidden, last, burn<Vector, 16, 16>,
};

}  // namespace pellucid
