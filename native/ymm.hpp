// 256-bit vectors: what the AVX2 and the AVX-VNNI kernels have in common.
#pragma once

#include "intrinsics.hpp"

#include "put.hpp"

namespace pellucid {
namespace {

// Eight int32.
struct Sums {
    __m256i v;
    static Sums zero() { return {_mm256_setzero_si256()}; }
};
inline Sums operator+(Sums a, Sums b) { return {_mm256_add_epi32(a.v, b.v)}; }
inline Sums operator-(Sums a, Sums b) { return {_mm256_sub_epi32(a.v, b.v)}; }
inline Sums operator<<(Sums a, int bits) { return {_mm256_slli_epi32(a.v, bits)}; }
inline Sums operator>>(Sums a, int bits) { return {_mm256_srai_epi32(a.v, bits)}; }
inline Sums operator*(Sums a, std::int32_t b) { return {_mm256_mullo_epi32(a.v, _mm256_set1_epi32(b))}; }

// A pixel's outputs, sixteen or the lower eight.
template <int COUNT>
struct Outputs {
    static constexpr int PIXELS = 1, BLOCK = COUNT;
    __m256i v;

    void bytes(std::uint8_t* to) const {
        const __m128i low = _mm256_castsi256_si128(v), high = _mm256_extracti128_si256(v, 1);
        const __m128i packed = _mm_packus_epi16(low, high);
        if constexpr (COUNT == 16) _mm_storeu_si128(reinterpret_cast<__m128i*>(to), packed);
        else _mm_storel_epi64(reinterpret_cast<__m128i*>(to), packed);
    }
    void words(std::int16_t* to) const {
        if constexpr (COUNT == 16) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v);
        else _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(v));
    }
};

// Point 3. Two vectors are packed in halves of 128 bits, so that the first has to hold outputs 0-3
// and 8-11 of a block, the second 4-7 and 12-15: see lane_of.
template <int VECTORS>
class Requantise {
public:
    static constexpr int PIXELS = 1;

    Requantise(const Packed& layer, int first) : shift_(_mm256_set1_epi32(layer.shift)) {
        const __m256i half = _mm256_set1_epi32(layer.shift ? 1 << (layer.shift - 1) : 0);
        const auto four = [&](int o) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i*>(layer.bias + first + o));
        };
        for (int v = 0; v < VECTORS; ++v)
            start_[v] = {_mm256_add_epi32(half, _mm256_set_m128i(four(4 * v + 4 * VECTORS), four(4 * v)))};
        multiplier_ = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.multiplier + first));
    }

    Sums start(int vector) const { return start_[vector]; }  // what sums begin with

    Outputs<8 * VECTORS> apply(const Sums (*sums)[VECTORS]) const {
        const __m256i low = _mm256_srav_epi32(sums[0][0].v, shift_);
        const __m256i high = _mm256_srav_epi32(sums[0][VECTORS - 1].v, shift_);
        __m256i packed = _mm256_packs_epi32(low, high);
        if constexpr (VECTORS == 1) packed = _mm256_permute4x64_epi64(packed, 0x08);
        return {_mm256_mulhrs_epi16(packed, multiplier_)};
    }

private:
    Sums start_[VECTORS];
    __m256i multiplier_;
    __m256i shift_;
};

constexpr int YMM_LANES = 8;

inline int lane_of(int output, int block) {
    return block == YMM_LANES ? output : (output & 3) | (output & 8) >> 1 | (output & 4) << 1;
}

// For dot.hpp, by whichever instruction DOT is: sum + d . w.
template <__m256i (*DOT)(__m256i sum, __m256i d, __m256i w)>
struct YmmDots {
    static constexpr int LANES = YMM_LANES;
    template <int VECTORS>
    static constexpr int PIXELS = 12 / VECTORS;
    using Sum = Sums;
    using Weights = __m256i;
    using Weight = std::int8_t;
    using Datum = std::uint8_t;
    template <int VECTORS>
    using Scale = Requantise<VECTORS>;

    static Weights weights(const std::int8_t* at) {
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(at));
    }
    static __m256i spread(const std::uint8_t* at) {
        std::int32_t four;
        std::memcpy(&four, at, sizeof four);
        return _mm256_set1_epi32(four);
    }
    static Sum add_product(Sum sum, Weights w, __m256i d) { return {DOT(sum.v, d, w)}; }
};

}  // namespace
}  // namespace pellucid
