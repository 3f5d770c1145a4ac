// 128-bit vectors: what the NEON kernels have in common.
#pragma once

#include <arm_neon.h>

#include "put.hpp"

namespace pellucid {
namespace {

// Four int32.
struct Sums {
    int32x4_t v;
    static Sums zero() { return {vdupq_n_s32(0)}; }
};
inline Sums operator+(Sums a, Sums b) { return {vaddq_s32(a.v, b.v)}; }
inline Sums operator-(Sums a, Sums b) { return {vsubq_s32(a.v, b.v)}; }
inline Sums operator<<(Sums a, int bits) { return {vshlq_s32(a.v, vdupq_n_s32(bits))}; }
inline Sums operator>>(Sums a, int bits) { return {vshlq_s32(a.v, vdupq_n_s32(-bits))}; }
inline Sums operator*(Sums a, std::int32_t b) { return {vmulq_n_s32(a.v, b)}; }

// A pixel's outputs, four a vector.
template <int VECTORS>
struct Outputs {
    static constexpr int PIXELS = 1, BLOCK = 4 * VECTORS;
    int16x8_t v[VECTORS / 2];

    void bytes(std::uint8_t* to) const {
        for (int i = 0; i < VECTORS / 2; ++i) vst1_u8(to + 8 * i, vqmovun_s16(v[i]));
    }
    void words(std::int16_t* to) const {
        for (int i = 0; i < VECTORS / 2; ++i) vst1q_s16(to + 8 * i, v[i]);
    }
};

// Point 3. Biases are read in the order of lanes, which is that of the outputs.
template <int VECTORS>
class Requantise {
public:
    static constexpr int PIXELS = 1;

    Requantise(const Packed& layer, int first) : shift_(vdupq_n_s32(-layer.shift)) {
        const int32x4_t half = vdupq_n_s32(layer.shift ? 1 << (layer.shift - 1) : 0);
        for (int v = 0; v < VECTORS; ++v) start_[v] = {vaddq_s32(half, vld1q_s32(layer.bias + first + 4 * v))};
        for (int i = 0; i < VECTORS / 2; ++i) multiplier_[i] = vld1q_s16(layer.multiplier + first + 8 * i);
    }

    Sums start(int vector) const { return start_[vector]; }  // what sums begin with

    Outputs<VECTORS> apply(const Sums (*sums)[VECTORS]) const {
        Outputs<VECTORS> out;
        for (int i = 0; i < VECTORS / 2; ++i) {
            const int32x4_t low = vshlq_s32(sums[0][2 * i].v, shift_);
            const int32x4_t high = vshlq_s32(sums[0][2 * i + 1].v, shift_);
            const int16x8_t t = vcombine_s16(vqmovn_s32(low), vqmovn_s32(high));
            out.v[i] = vqrdmulhq_s16(t, multiplier_[i]);
        }
        return out;
    }

private:
    Sums start_[VECTORS];
    int16x8_t multiplier_[VECTORS / 2];
    int32x4_t shift_;
};

}  // namespace
}  // namespace pellucid
