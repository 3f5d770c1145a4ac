// WebAssembly's 128-bit vectors: i32x4.dot_i16x8_s over int16 through winograd.hpp.
//
// Sixteen registers are what the processors behind it have, so few tiles at once.
#include <wasm_simd128.h>

#include "winograd.hpp"

namespace pellucid {
namespace {

// Four int32.
struct Sums {
    v128_t v;
    static Sums zero() { return {wasm_i32x4_splat(0)}; }
};
inline Sums operator+(Sums a, Sums b) { return {wasm_i32x4_add(a.v, b.v)}; }
inline Sums operator-(Sums a, Sums b) { return {wasm_i32x4_sub(a.v, b.v)}; }
inline Sums operator<<(Sums a, int bits) { return {wasm_i32x4_shl(a.v, static_cast<std::uint32_t>(bits))}; }
inline Sums operator>>(Sums a, int bits) { return {wasm_i32x4_shr(a.v, static_cast<std::uint32_t>(bits))}; }
inline Sums operator*(Sums a, std::int32_t b) { return {wasm_i32x4_mul(a.v, wasm_i32x4_splat(b))}; }

// Eight channels of a pixel as int16.
struct Eight {
    static constexpr int LANES = 8;
    v128_t v;
    static Eight load(const std::uint8_t* from) { return {wasm_u16x8_load8x8(from)}; }
    void store(std::int16_t* to) const { wasm_v128_store(to, v); }
};
inline Eight operator+(Eight a, Eight b) { return {wasm_i16x8_add(a.v, b.v)}; }
inline Eight operator-(Eight a, Eight b) { return {wasm_i16x8_sub(a.v, b.v)}; }
inline Eight operator<<(Eight a, int bits) { return {wasm_i16x8_shl(a.v, static_cast<std::uint32_t>(bits))}; }

// A pixel's outputs, four a vector of sums.
template <int VECTORS>
struct Outputs {
    static constexpr int PIXELS = 1, BLOCK = 4 * VECTORS;
    v128_t v[VECTORS / 2];

    void bytes(std::uint8_t* to) const {
        const v128_t packed = wasm_u8x16_narrow_i16x8(v[0], v[VECTORS / 2 - 1]);
        if constexpr (VECTORS == 4) wasm_v128_store(to, packed);
        else wasm_v128_store64_lane(to, packed, 0);
    }
    void words(std::int16_t* to) const {
        for (int i = 0; i < VECTORS / 2; ++i) wasm_v128_store(to + 8 * i, v[i]);
    }
};

// Point 3.
template <int VECTORS>
class Requantise {
public:
    Requantise(const Packed& layer, int first) : shift_(layer.shift) {
        const v128_t half = wasm_i32x4_splat(layer.shift ? 1 << (layer.shift - 1) : 0);
        for (int v = 0; v < VECTORS; ++v)
            start_[v] = {wasm_i32x4_add(half, wasm_v128_load(layer.bias + first + 4 * v))};
        for (int i = 0; i < VECTORS / 2; ++i) multiplier_[i] = wasm_v128_load(layer.multiplier + first + 8 * i);
    }

    Sums start(int vector) const { return start_[vector]; }  // what sums begin with

    Outputs<VECTORS> apply(const Sums (*sums)[VECTORS]) const {
        Outputs<VECTORS> out;
        for (int i = 0; i < VECTORS / 2; ++i) {
            const Sums low = sums[0][2 * i] >> shift_, high = sums[0][2 * i + 1] >> shift_;
            out.v[i] = wasm_i16x8_q15mulr_sat(wasm_i16x8_narrow_i32x4(low.v, high.v), multiplier_[i]);
        }
        return out;
    }

private:
    Sums start_[VECTORS];
    v128_t multiplier_[VECTORS / 2];
    int shift_;
};

struct Wasm {
    static constexpr int GROUP = 2, LANES = 4, BLOCK = 16;
    template <int VECTORS>
    static constexpr int TILES = 8 / VECTORS;
    using Sum = Sums;
    using Features = Eight;
    using Weights = v128_t;
    template <int VECTORS>
    using Scale = Requantise<VECTORS>;

    static int lane(int output, int) { return output; }
    static Weights weights(const std::int16_t* at) { return wasm_v128_load(at); }
    static v128_t spread(const std::int16_t* at) { return wasm_v128_load32_splat(at); }
    static Sum add_product(Sum sum, Weights w, v128_t d) {
        return {wasm_i32x4_add(sum.v, wasm_i32x4_dot_i16x8(w, d))};
    }
};

bool anywhere() { return true; }  // or the module would not have loaded

}  // namespace

extern const KernelSet wasm_set = {
    "wasm", anywhere, pack_winograd<Wasm>, prepared_winograd<Wasm>, prepared_at<Wasm>,
    prepare_winograd<Wasm>,
    hidden_winograd<Wasm>, last_winograd<Wasm>, nullptr,
};

}  // namespace pellucid
