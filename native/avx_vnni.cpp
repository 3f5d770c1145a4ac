// AVX2 with dot products of bytes in 256-bit vectors (AVX-VNNI).
#include "cpu.hpp"
#include "dot.hpp"
#include "peak.hpp"
#include "ymm.hpp"

namespace pellucid {
namespace {

// g++ 12 keeps the sums of the intrinsic in memory; of the instruction itself in registers. An
// emulation knows the intrinsic only.
#if defined(__GNUC__) && !defined(PELLUCID_EMULATED)
inline __m256i dot(__m256i sum, __m256i d, __m256i w) {
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(d), "x"(w));
    return sum;
}
#else
inline __m256i dot(__m256i sum, __m256i d, __m256i w) { return _mm256_dpbusd_epi32(sum, d, w); }
#endif

using Ymm = YmmDots<dot>;

struct AvxVnni {
    static constexpr int BLOCK = 16;
    using Wide = Ymm;
    using Narrow = Ymm;
    static int lane(int output, int block) { return lane_of(output, block); }
};

}  // namespace

extern const KernelSet avx_vnni_set = {
    "avx_vnni", has_avx_vnni, pack_dot<AvxVnni>, nullptr, nullptr, nullptr, hidden_dot<AvxVnni>, last_dot<AvxVnni>,
    burn<Ymm, 12, 32>,
};

}  // namespace pellucid
