// AVX2 without dot products of bytes: pmaddwd over int16 through winograd.hpp.
//
// pmaddubsw would take bytes, but it saturates at 2 * 255 * 127 and would change the sums.
#include "cpu.hpp"
#include "peak.hpp"
#include "winograd.hpp"
#include "ymm.hpp"

namespace pellucid {
namespace {

// Eight channels of a pixel as int16.
struct Eight {
    static constexpr int LANES = 8;
    __m128i v;
    static Eight load(const std::uint8_t* from) {
        return {_mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))};
    }
    void store(std::int16_t* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v); }
};
inline Eight operator+(Eight a, Eight b) { return {_mm_add_epi16(a.v, b.v)}; }
inline Eight operator-(Eight a, Eight b) { return {_mm_sub_epi16(a.v, b.v)}; }
inline Eight operator<<(Eight a, int bits) { return {_mm_slli_epi16(a.v, bits)}; }

struct Avx2 {
    static constexpr int GROUP = 2, LANES = YMM_LANES, BLOCK = 16;
    template <int VECTORS>
    static constexpr int TILES = VECTORS == 1 ? 8 : 6;
    using Sum = Sums;
    using Features = Eight;
    using Weights = __m256i;
    using Weight = std::int16_t;
    using Datum = std::int16_t;
    template <int VECTORS>
    using Scale = Requantise<VECTORS>;

    static int lane(int output, int block) { return lane_of(output, block); }
    static Weights weights(const std::int16_t* at) {
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(at));
    }
    static __m256i spread(const std::int16_t* at) {
        std::int32_t pair;
        std::memcpy(&pair, at, sizeof pair);
        return _mm256_set1_epi32(pair);
    }
    static Sum add_product(Sum sum, Weights w, __m256i d) {
        return {_mm256_add_epi32(sum.v, _mm256_madd_epi16(w, d))};
    }
};

}  // namespace

extern const KernelSet avx2_set = {
    "avx2", has_avx2, pack_winograd<Avx2>, prepared_winograd<Avx2>, prepared_at<Avx2>,
    prepare_winograd<Avx2>,
    hidden_winograd<Avx2>, last_winograd<Avx2>, burn<Avx2, 12, 16>,
};

}  // namespace pellucid
