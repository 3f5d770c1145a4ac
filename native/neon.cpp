// NEON without dot products of bytes: vmlal over int16 through winograd.hpp.
#include <arm_neon.h>

#include "cpu.hpp"
#include "neon.hpp"
#include "peak.hpp"
#include "winograd.hpp"

namespace pellucid {
namespace {

// Eight channels of a pixel as int16.
struct Eight {
    static constexpr int LANES = 8;
    int16x8_t v;
    static Eight load(const std::uint8_t* from) { return {vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from)))}; }
    void store(std::int16_t* to) const { vst1q_s16(to, v); }
};
inline Eight operator+(Eight a, Eight b) { return {vaddq_s16(a.v, b.v)}; }
inline Eight operator-(Eight a, Eight b) { return {vsubq_s16(a.v, b.v)}; }
inline Eight operator<<(Eight a, int bits) { return {vshlq_s16(a.v, vdupq_n_s16(static_cast<std::int16_t>(bits)))}; }

struct Neon {
    static constexpr int GROUP = 1, LANES = 4, BLOCK = 16;
    template <int VECTORS>
    static constexpr int TILES = 20 / VECTORS;
    using Sum = Sums;
    using Features = Eight;
    using Weights = int16x4_t;
    using Weight = std::int16_t;
    using Datum = std::int16_t;
    template <int VECTORS>
    using Scale = Requantise<VECTORS>;

    static int lane(int output, int) { return output; }
    static Weights weights(const std::int16_t* at) { return vld1_s16(at); }
    static int16x4_t spread(const std::int16_t* at) { return vld1_dup_s16(at); }
    static Sum add_product(Sum sum, Weights w, int16x4_t d) { return {vmlal_s16(sum.v, w, d)}; }
};

bool anywhere() { return true; }  // a part of the architecture

}  // namespace

extern const KernelSet neon_set = {
    "neon", anywhere, pack_winograd<Neon>, prepared_winograd<Neon>, prepared_at<Neon>,
    prepare_winograd<Neon>,
    hidden_winograd<Neon>, last_winograd<Neon>, burn<Neon, 16, 4>,
};

}  // namespace pellucid
