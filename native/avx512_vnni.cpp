// AVX-512 with dot products of bytes: a pixel's sixteen outputs in one vector.
#include "cpu.hpp"
#include "dot.hpp"
#include "peak.hpp"
#include "quads.hpp"
#include "ymm.hpp"
#include "zmm.hpp"

namespace pellucid {
namespace {

struct Zmm {
    static constexpr int LANES = 16;
    template <int VECTORS>
    static constexpr int PIXELS = 24;
    using Sum = Sixteen;
    using Weights = __m512i;
    using Weight = std::int8_t;
    using Datum = std::uint8_t;
    template <int VECTORS>
    using Scale = RequantiseZmm<VECTORS>;

    static Weights weights(const std::int8_t* at) { return _mm512_load_si512(at); }
    static __m512i spread(const std::uint8_t* at) { return spread_zmm(at); }
    static Sum add_product(Sum sum, Weights w, __m512i d) { return {dot_zmm(sum.v, d, w)}; }
};

using Ymm = YmmDots<dot_ymm>;

struct Avx512Vnni {
    static constexpr int BLOCK = 16;
    using Wide = Zmm;
    using Narrow = Ymm;
    static int lane(int output, int) { return output; }
};

Buffer pack(const Layer& layer) {
    Buffer block = pack_dot<Avx512Vnni>(layer);
    return quads::fits(layer.inputs, layer.outputs, layer.kernel) ? quads::pack(layer, block) : static_cast<Buffer&&>(block);
}

void last(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out) {
    if (quads::fits(layer.inputs, layer.outputs, layer.kernel))
        quads::residuals(layer, rows, width, out, Avx512Vnni::BLOCK / 2);
    else
        last_dot<Avx512Vnni>(layer, rows, width, out);
}

}  // namespace

extern const KernelSet avx512_vnni_set = {
    "avx512_vnni", has_avx512_vnni, pack, nullptr, nullptr, nullptr, hidden_dot<Avx512Vnni>, last,
    burn<Zmm, 24, 64>,
};

}  // namespace pellucid
