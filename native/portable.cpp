// Kernels in plain loops that the compiler vectorises; they run on any processor.
//
// For each output pixel the input pixels under the kernel are gathered into one patch of int16,
// so that every output channel is one dot product of int16 by int16 into int32: the shape that
// compilers turn into pmaddwd, smlal and their like. Four pixels at a time share each load of
// the weights.
//
//     patch, weights of an output:  [dy][dx][input], zero-padded to a multiple of LANES
#include <algorithm>
#include <cstring>

#include "kernels.hpp"

// On Linux with glibc the loops are compiled twice and the loader picks what the processor has; the
// bytes are the same. Not for AVX-512 as well: adding up twice as many lanes at the end of every
// dot product costs more than it saves.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GLIBC__) && (__GNUC__ >= 12) && \
    !defined(__clang__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define WIDEST __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define WIDEST
#endif

namespace pellucid {
namespace {

constexpr int LANES = 16;  // int16 in the widest vector
constexpr int PIXELS = 4;

// sums[p] = bias + patch p . weight, for PIXELS patches of `length` int16 that lie in a row.
inline void dot_four(const std::int16_t* __restrict patches, const std::int16_t* __restrict weight,
                     int length, std::int32_t bias, std::int32_t* __restrict sums, int pitch) {
    const std::int16_t *a = patches, *b = a + length, *c = b + length, *d = c + length;
    std::int32_t sa = 0, sb = 0, sc = 0, sd = 0;
    for (int k = 0; k < length; ++k) {
        sa += std::int32_t{weight[k]} * a[k];
        sb += std::int32_t{weight[k]} * b[k];
        sc += std::int32_t{weight[k]} * c[k];
        sd += std::int32_t{weight[k]} * d[k];
    }
    sums[0] = bias + sa;
    sums[pitch] = bias + sb;
    sums[2 * pitch] = bias + sc;
    sums[3 * pitch] = bias + sd;
}

// Point 3, for one pixel's channels.
inline void requantise(const std::int32_t* __restrict acc, const std::int16_t* __restrict multiplier,
                       int channels, int shift, std::int32_t* __restrict out) {
    const std::int32_t rounding = shift ? 1 << (shift - 1) : 0;
    for (int o = 0; o < channels; ++o) {
        const std::int32_t t = std::clamp((acc[o] + rounding) >> shift, -32768, 32767);
        out[o] = (t * multiplier[o] + 16384) >> 15;
    }
}

inline void saturate(const std::int32_t* __restrict q, int count, std::uint8_t* __restrict out) {
    for (int i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(std::clamp(q[i], 0, 255));
}

// The last layer's residuals fit int16 by point 3: |t * M| >> 15 < 2^15.
inline void saturate(const std::int32_t* __restrict q, int count, std::int16_t* __restrict out) {
    for (int i = 0; i < count; ++i) out[i] = static_cast<std::int16_t>(q[i]);
}

struct Packed {
    int inputs, outputs, kernel, shift;
    int length;  // taps, padded to LANES
    std::vector<std::int16_t> weight;
    std::vector<std::int32_t> bias;
    std::vector<std::int16_t> multiplier;
};

struct Rows {
    const std::uint8_t* row[3];
};

// Writes the patch of pixel x; what lies behind the taps stays zero.
inline void gather(const Packed& layer, const Rows& rows, int x, std::int16_t* __restrict patch) {
    const int span = layer.kernel * layer.inputs;
    const int first = layer.kernel == 3 ? 0 : 1;
    for (int dy = 0; dy < layer.kernel; ++dy) {
        const std::uint8_t* from = rows.row[first + dy] + (x - layer.kernel / 2) * layer.inputs;
        for (int k = 0; k < span; ++k) patch[dy * span + k] = from[k];
    }
}

// The body of both row functions, for one block of up to PIXELS pixels. A short block at the end
// of a row leaves old patches in place: their sums are computed and not used.
template <class Out>
inline void block(const Packed& layer, const Rows& rows, int x, int count, std::int16_t* patches,
                  std::int32_t* sums, std::int32_t* q, Out* out) {
    for (int p = 0; p < count; ++p) gather(layer, rows, x + p, patches + p * layer.length);
    for (int o = 0; o < layer.outputs; ++o) {
        dot_four(patches, layer.weight.data() + o * layer.length, layer.length, layer.bias[o],
                 sums + o, layer.outputs);
    }
    for (int p = 0; p < count; ++p) {
        requantise(sums + p * layer.outputs, layer.multiplier.data(), layer.outputs, layer.shift,
                   q + p * layer.outputs);
    }
    saturate(q, count * layer.outputs, out + x * layer.outputs);
}

struct Scratch {
    explicit Scratch(const Packed& layer)
        : patches(static_cast<std::size_t>(PIXELS * layer.length)),
          sums(static_cast<std::size_t>(PIXELS * layer.outputs)),
          q(sums.size()) {}
    std::vector<std::int16_t> patches;
    std::vector<std::int32_t> sums, q;
};

WIDEST void hidden_row(const Packed& layer, const Rows& rows, int width, Scratch& scratch,
                       std::uint8_t* out) {
    for (int x = 0; x < width; x += PIXELS) {
        block(layer, rows, x, std::min(PIXELS, width - x), scratch.patches.data(),
              scratch.sums.data(), scratch.q.data(), out);
    }
}

WIDEST void last_row(const Packed& layer, const Rows& rows, int width, Scratch& scratch,
                     std::int16_t* out) {
    for (int x = 0; x < width; x += PIXELS) {
        block(layer, rows, x, std::min(PIXELS, width - x), scratch.patches.data(),
              scratch.sums.data(), scratch.q.data(), out);
    }
}

Packed pack(const Layer& layer) {
    Packed packed{layer.inputs, layer.outputs, layer.kernel, layer.shift,
                  (layer.taps() + LANES - 1) / LANES * LANES, {}, layer.bias, layer.multiplier};
    packed.weight.resize(static_cast<std::size_t>(layer.outputs * packed.length));
    const int area = layer.kernel * layer.kernel;
    for (int o = 0; o < layer.outputs; ++o)
        for (int c = 0; c < layer.inputs; ++c)
            for (int tap = 0; tap < area; ++tap)
                packed.weight[static_cast<std::size_t>(o * packed.length + tap * layer.inputs + c)] =
                    layer.weight[static_cast<std::size_t>((o * layer.inputs + c) * area + tap)];
    return packed;
}

class PortableKernel final : public RowKernel {
public:
    explicit PortableKernel(const Layer& layer) : layer_(pack(layer)) {}

    void hidden(const std::uint8_t* above, const std::uint8_t* here, const std::uint8_t* below,
                int width, std::uint8_t* out) const override {
        Scratch scratch(layer_);
        hidden_row(layer_, {{above, here, below}}, width, scratch, out);
    }

    void last(const std::uint8_t* above, const std::uint8_t* here, const std::uint8_t* below,
              int width, std::int16_t* out) const override {
        Scratch scratch(layer_);
        last_row(layer_, {{above, here, below}}, width, scratch, out);
    }

private:
    Packed layer_;
};

}  // namespace

std::unique_ptr<RowKernel> portable_kernel(const Layer& layer) {
    return std::make_unique<PortableKernel>(layer);
}

}  // namespace pellucid
