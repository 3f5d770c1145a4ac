// Kernels in plain loops that the compiler vectorises; they run on any processor.
//
// For each output pixel the input pixels under the kernel are gathered into one patch of int16,
// so that every output channel is one dot product of int16 by int16 into int32: the shape that
// compilers turn into pmaddwd, smlal and their like. Four pixels at a time share each load of
// the weights.
//
//     patch, weights of an output:  [dy][dx][input], zero-padded to a multiple of LANES
#include <algorithm>
#include <vector>

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

inline int length_of(int kernel, int inputs) {
    return (kernel * kernel * inputs + LANES - 1) / LANES * LANES;
}

// Writes the patch of pixel x; what lies behind the taps stays zero.
inline void gather(const Packed& layer, const Rows& rows, int x, std::int16_t* __restrict patch) {
    const std::uint8_t* const all[3] = {rows.above, rows.here, rows.below};
    const int span = layer.kernel * layer.inputs;
    const int first = layer.kernel == 3 ? 0 : 1;
    for (int dy = 0; dy < layer.kernel; ++dy) {
        const std::uint8_t* from = all[first + dy] + (x - layer.kernel / 2) * layer.inputs;
        for (int k = 0; k < span; ++k) patch[dy * span + k] = from[k];
    }
}

struct Scratch {
    explicit Scratch(const Packed& layer)
        : length(length_of(layer.kernel, layer.inputs)),
          patches(static_cast<std::size_t>(PIXELS * length)),
          sums(static_cast<std::size_t>(PIXELS * layer.outputs)), q(sums.size()) {}
    int length;
    std::vector<std::int16_t> patches;
    std::vector<std::int32_t> sums, q;
};

// Point 3's q of up to PIXELS pixels. A short block at the end of a row leaves old patches in
// place: their sums are computed and not used.
inline const std::int32_t* block(const Packed& layer, const Rows& rows, int x, int count, Scratch& scratch) {
    const auto* weight = static_cast<const std::int16_t*>(layer.weight);
    const int length = scratch.length;
    std::int16_t* const patches = scratch.patches.data();
    for (int p = 0; p < count; ++p) gather(layer, rows, x + p, patches + p * length);
    for (int o = 0; o < layer.outputs; ++o)
        dot_four(patches, weight + o * length, length, layer.bias[o], scratch.sums.data() + o, layer.outputs);
    for (int p = 0; p < count * layer.outputs; p += layer.outputs)
        requantise(scratch.sums.data() + p, layer.multiplier, layer.outputs, layer.shift, scratch.q.data() + p);
    return scratch.q.data();
}

WIDEST void hidden_row(const Packed& layer, const Rows& rows, int width, Scratch& scratch, std::uint8_t* out) {
    for (int x = 0; x < width; x += PIXELS) {
        const int count = std::min(PIXELS, width - x);
        saturate(block(layer, rows, x, count, scratch), count * layer.outputs, out + x * layer.outputs);
    }
}

// The residuals fit int16 by point 3: |t * M| >> 15 < 2^15.
WIDEST void last_row(const Packed& layer, const Rows& rows, int width, Scratch& scratch, std::int16_t* const* out) {
    const int side = layer.outputs == 4 ? 2 : 4;
    for (int x = 0; x < width; ++x) {
        const int p = x % PIXELS;
        if (p == 0) block(layer, rows, x, std::min(PIXELS, width - x), scratch);
        const std::int32_t* q = scratch.q.data() + p * layer.outputs;
        for (int o = 0; o < layer.outputs; ++o)
            out[o / side][x * side + o % side] = static_cast<std::int16_t>(q[o]);
    }
}

Buffer pack(const Layer& layer) {
    const int length = length_of(layer.kernel, layer.inputs), area = layer.kernel * layer.kernel;
    Buffer buffer(static_cast<std::size_t>(layer.outputs * length) * sizeof(std::int16_t));
    for (int o = 0; o < layer.outputs; ++o)
        for (int c = 0; c < layer.inputs; ++c)
            for (int tap = 0; tap < area; ++tap)
                buffer.as<std::int16_t>()[o * length + tap * layer.inputs + c] =
                    layer.weight[static_cast<std::size_t>((o * layer.inputs + c) * area + tap)];
    return buffer;
}

void hidden(const Packed& layer, const Rows& rows, int width, std::uint8_t* out) {
    Scratch scratch(layer);
    hidden_row(layer, rows, width, scratch, out);
}

void last(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out) {
    Scratch scratch(layer);
    last_row(layer, rows, width, scratch, out);
}

bool anywhere() { return true; }

}  // namespace

extern const KernelSet portable_set = {"portable", anywhere, pack, nullptr, nullptr, nullptr, hidden, last, nullptr};

}  // namespace pellucid
