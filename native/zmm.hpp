// 512-bit vectors of the AVX-512 kernels, and their dot products of bytes.
#pragma once

#include "intrinsics.hpp"
#include "put.hpp"

namespace pellucid {
namespace {

// g++ 12 keeps the sums of the intrinsics below in memory and takes twice as long; written as
// instructions they stay in registers. An emulation knows the intrinsics only.
#if defined(__GNUC__) && !defined(PELLUCID_EMULATED)
inline __m512i spread_zmm(const std::uint8_t* at) {
    __m512i all;
    asm("vpbroadcastd %1, %0" : "=v"(all) : "m"(*reinterpret_cast<const std::uint8_t(*)[4]>(at)));
    return all;
}
inline __m512i dot_zmm(__m512i sum, __m512i d, __m512i w) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(d), "v"(w));
    return sum;
}
inline __m256i dot_ymm(__m256i sum, __m256i d, __m256i w) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(d), "v"(w));
    return sum;
}
#else
inline __m512i spread_zmm(const std::uint8_t* at) {
    std::int32_t four;
    std::memcpy(&four, at, sizeof four);
    return _mm512_set1_epi32(four);
}
inline __m512i dot_zmm(__m512i sum, __m512i d, __m512i w) { return _mm512_dpbusd_epi32(sum, d, w); }
inline __m256i dot_ymm(__m256i sum, __m256i d, __m256i w) { return _mm256_dpbusd_epi32(sum, d, w); }
#endif

struct Sixteen {
    __m512i v;
    static Sixteen zero() { return {_mm512_setzero_si512()}; }
};

// Four pixels of sixteen outputs: the halves of 128 bits hold outputs 0-3, 4-7, 8-11 and 12-15 of
// pixels 0 and 1 in `a`, of 2 and 3 in `b`.
struct FourPixels {
    static constexpr int PIXELS = 4, BLOCK = 16;
    __m512i a, b;

    void bytes(std::uint8_t* to) const {
        const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        _mm512_storeu_si512(to, _mm512_permutexvar_epi32(order, _mm512_packus_epi16(a, b)));
    }
    void words(std::int16_t* to) const {
        const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        _mm512_storeu_si512(to, _mm512_permutexvar_epi64(order, a));
        _mm512_storeu_si512(to + 2 * BLOCK, _mm512_permutexvar_epi64(order, b));
    }
};

template <int VECTORS>
class RequantiseZmm {
public:
    static constexpr int PIXELS = FourPixels::PIXELS;

    RequantiseZmm(const Packed& layer, int first) : shift_(_mm512_set1_epi32(layer.shift)) {
        const __m512i half = _mm512_set1_epi32(layer.shift ? 1 << (layer.shift - 1) : 0);
        start_ = _mm512_add_epi32(half, _mm512_loadu_si512(layer.bias + first));
        // Each four multipliers twice, for the two pixels side by side.
        const __m512i order = _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3);
        const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.multiplier + first));
        multiplier_ = _mm512_permutexvar_epi64(order, _mm512_castsi256_si512(all));
    }

    Sixteen start(int) const { return {start_}; }

    FourPixels apply(const Sixteen (*sums)[VECTORS]) const {
        return {pair(sums[0][0].v, sums[1][0].v), pair(sums[2][0].v, sums[3][0].v)};
    }

private:
    __m512i pair(__m512i a, __m512i b) const {
        const __m512i t = _mm512_packs_epi32(_mm512_srav_epi32(a, shift_), _mm512_srav_epi32(b, shift_));
        return _mm512_mulhrs_epi16(t, multiplier_);
    }

    __m512i start_, multiplier_;
    __m512i shift_;
};

}  // namespace
}  // namespace pellucid
