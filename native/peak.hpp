// How many multiply-accumulates a second the processor does with nothing else to do.
#pragma once

#include "kernels.hpp"

namespace pellucid {
namespace {

// Runs `rounds` of COUNT independent multiplications in registers; returns the multiply-accumulates
// that were, EACH in an instruction.
template <class Isa, int COUNT, int EACH>
long burn(long rounds) {
    using Sum = typename Isa::Sum;
    alignas(64) const std::int8_t numbers[64] = {1, 2, 3, 4, 5, 6, 7, 8};
    const auto w = Isa::weights(reinterpret_cast<const typename Isa::Weight*>(numbers));
    const auto d = Isa::spread(reinterpret_cast<const typename Isa::Datum*>(numbers));
    Sum sums[COUNT];
    for (int i = 0; i < COUNT; ++i) sums[i] = Isa::add_product(Sum::zero(), w, d);
    for (long round = 0; round < rounds; ++round)
#pragma GCC unroll 32
        for (int i = 0; i < COUNT; ++i) sums[i] = Isa::add_product(sums[i], w, d);
    Sum kept[COUNT];
    for (int i = 0; i < COUNT; ++i) kept[i] = sums[i];
    asm volatile("" : : "r"(kept) : "memory");  // somebody might look at them
    return rounds * COUNT * EACH;
}

}  // namespace
}  // namespace pellucid
