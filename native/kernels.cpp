// Which kernel sets there are, and which of them this processor runs.
#include "kernels.hpp"

#include <algorithm>
#include <stdexcept>

namespace pellucid {

extern const KernelSet portable_set;
#ifdef PELLUCID_X86
extern const KernelSet avx512_vnni_set, avx_vnni_set, avx2_set;
#endif
#ifdef PELLUCID_NEON
extern const KernelSet neon_set, neon_dot_set;
#endif
#ifdef PELLUCID_WASM
extern const KernelSet wasm_set;
#endif

namespace {

constexpr std::size_t LANES = 16;  // outputs a block has at most

template <class T>
Buffer padded(const std::vector<T>& values) {
    Buffer buffer((values.size() + LANES - 1) / LANES * LANES * sizeof(T));
    std::copy(values.begin(), values.end(), buffer.as<T>());
    return buffer;
}

}  // namespace

const std::vector<const KernelSet*>& kernel_sets() {
    static const std::vector<const KernelSet*> sets = {
#ifdef PELLUCID_X86
        &avx512_vnni_set, &avx_vnni_set, &avx2_set,
#endif
#ifdef PELLUCID_NEON
        &neon_dot_set, &neon_set,
#endif
#ifdef PELLUCID_WASM
        &wasm_set,
#endif
        &portable_set,
    };
    return sets;
}

const KernelSet& kernel_set(const std::string& name) {
    for (const KernelSet* set : kernel_sets())
        if ((name.empty() || name == set->name) && set->runs_here()) return *set;
    throw std::invalid_argument("kernels: this processor runs no " + name);
}

PackedLayer::PackedLayer(const KernelSet& set, const Layer& layer)
    : weight_(set.pack(layer)), bias_(padded(layer.bias)), multiplier_(padded(layer.multiplier)),
      view_{layer.inputs, layer.outputs, layer.kernel, layer.shift,
            weight_.data(), bias_.as<std::int32_t>(), multiplier_.as<std::int16_t>()} {}

}  // namespace pellucid
