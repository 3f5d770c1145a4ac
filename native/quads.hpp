// The residuals of sixteen channels. A last layer has four outputs, and padded to a block most of the
// work would be in vain. Here the lanes are four channels each of four neighbouring pixels, added up
// at the end. Weights: [tap][output][16] int8, behind those of dot.hpp.
#pragma once

#include "dot.hpp"
#include "zmm.hpp"

namespace pellucid {
namespace {

namespace quads {

constexpr int INPUTS = 16, OUTPUTS = 4, TAPS = 9, VECTORS = 4, PIXELS = 4;  // in a vector

bool fits(int inputs, int outputs, int kernel) {
    return inputs == INPUTS && outputs == OUTPUTS && kernel == 3;
}

// Where its weights begin.
std::size_t offset(int block) {
    const int weights = block * 3 * steps_of(3, INPUTS) * FOUR, sums = block * static_cast<int>(sizeof(std::int32_t));
    return static_cast<std::size_t>(weights + sums);
}

// The weights of one block, with those of this kernel behind them.
Buffer pack(const Layer& layer, const Buffer& block) {
    Buffer both(block.size() + TAPS * OUTPUTS * INPUTS);
    std::memcpy(both.data(), block.data(), block.size());
    std::int8_t* to = both.as<std::int8_t>() + block.size();
    for (int tap = 0; tap < TAPS; ++tap)
        for (int o = 0; o < OUTPUTS; ++o)
            for (int c = 0; c < INPUTS; ++c) *to++ = layer.weight[(o * INPUTS + c) * TAPS + tap];
    return both;
}

__m512i four_times(__m128i v) { return _mm512_broadcast_i32x4(v); }

// The four sums of lanes of each pixel: [pixel][output].
__m512i add_up(const Sixteen* sums) {
    const __m512i a = sums[0].v, b = sums[1].v, c = sums[2].v, d = sums[3].v;
    const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

// Point 3 for two vectors of pixels, dealt out to the two rows of finished pixels.
struct Finish {
    __m512i start, multiplier;
    __m512i shift;

    explicit Finish(const Packed& layer) : shift(_mm512_set1_epi32(layer.shift)) {
        const __m128i bias = _mm_loadu_si128(reinterpret_cast<const __m128i*>(layer.bias));
        const __m128i half = _mm_set1_epi32(layer.shift ? 1 << (layer.shift - 1) : 0);
        start = four_times(_mm_add_epi32(bias, half));
        const __m128i four = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(layer.multiplier));
        multiplier = four_times(_mm_unpacklo_epi64(four, four));
    }

    __m512i shifted(const Sixteen* sums) const {
        return _mm512_srav_epi32(_mm512_add_epi32(start, add_up(sums)), shift);
    }

    void operator()(const Sixteen* a, const Sixteen* b, std::int16_t* upper, std::int16_t* lower) const {
        const __m512i q = _mm512_mulhrs_epi16(_mm512_packs_epi32(shifted(a), shifted(b)), multiplier);
        const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15);
        const __m512i rows = _mm512_permutexvar_epi32(order, q);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(upper), _mm512_castsi512_si256(rows));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(lower), _mm512_extracti64x4_epi64(rows, 1));
    }
};

void residuals(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out, int block) {
    const std::uint8_t* const all[3] = {rows.above, rows.here, rows.below};
    const auto* weights = static_cast<const std::int8_t*>(layer.weight) + offset(block);
    const Finish finish(layer);
    for (int x = 0; x < width; x += VECTORS * PIXELS) {
        Sixteen sums[VECTORS][OUTPUTS], done[VECTORS][OUTPUTS];
        for (auto& vector : sums)
            for (auto& sum : vector) sum.v = _mm512_setzero_si512();
#pragma GCC unroll 1
        for (int tap = 0; tap < TAPS; ++tap) {
            const std::uint8_t* data = all[tap / 3] + (x + tap % 3 - 1) * INPUTS;
            __m512i w[OUTPUTS];
            for (int o = 0; o < OUTPUTS; ++o)
                w[o] = four_times(_mm_loadu_si128(
                    reinterpret_cast<const __m128i*>(weights + (tap * OUTPUTS + o) * INPUTS)));
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; ++v) {
                const __m512i d = _mm512_loadu_si512(data + v * PIXELS * INPUTS);
#pragma GCC unroll 4
                for (int o = 0; o < OUTPUTS; ++o) sums[v][o].v = dot_zmm(sums[v][o].v, d, w[o]);
            }
        }
        for (int v = 0; v < VECTORS; ++v)
            for (int o = 0; o < OUTPUTS; ++o) done[v][o] = sums[v][o];
        for (int v = 0; v < VECTORS; v += 2) {
            const int at = 2 * (x + v * PIXELS);
            finish(done[v], done[v + 1], out[0] + at, out[1] + at);
        }
    }
}

}  // namespace quads

}  // namespace
}  // namespace pellucid
