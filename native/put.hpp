// Where requantised outputs go, for kernels that make them a block at a time.
//
// Q, a vector class, holds one block of BLOCK outputs for each of PIXELS neighbouring pixels, in
// order, as int16: bytes(to) stores them saturated to uint8, words(to) as they are.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.hpp"

namespace pellucid {
namespace {

// Hidden features whose pixels are exactly one block: stored whole, past the row's end as well.
struct PutWhole {
    std::uint8_t* out;
    int outputs;

    template <class Q>
    void operator()(int x, const Q& q) const { q.bytes(out + x * outputs); }
};

// Any other hidden features: outputs [first, first + count) of each pixel.
struct PutPart {
    std::uint8_t* out;
    int outputs, width, first, count;

    template <class Q>
    void operator()(int x, const Q& q) const {
        std::uint8_t bytes[Q::PIXELS][Q::BLOCK];
        q.bytes(bytes[0]);
        for (int i = 0; i < Q::PIXELS && x + i < width; ++i)
            std::memcpy(out + (x + i) * outputs + first, bytes[i], static_cast<std::size_t>(count));
    }
};

// Residuals, dealt out to rows of finished pixels: two rows of two, or four of four.
struct PutResidual {
    std::int16_t* const* out;
    int width;

    template <class Q>
    void operator()(int x, const Q& q) const {
        constexpr int SIDE = Q::BLOCK < 16 ? 2 : 4;
        std::int16_t words[Q::PIXELS][Q::BLOCK];
        q.words(words[0]);
        for (int i = 0; i < Q::PIXELS && x + i < width; ++i)
            for (int a = 0; a < SIDE; ++a)
                std::memcpy(out[a] + SIDE * (x + i), words[i] + SIDE * a, SIDE * sizeof(std::int16_t));
    }
};

// Calls row(block, put) for each block of hidden outputs, by the fastest way to put them.
template <class Row>
inline void put_hidden(int outputs, int block, int width, std::uint8_t* out, const Row& row) {
    if (outputs == block) {
        row(0, PutWhole{out, outputs});
        return;
    }
    for (int first = 0; first < outputs; first += block) {
        const int left = outputs - first;
        row(first / block, PutPart{out, outputs, width, first, left < block ? left : block});
    }
}

}  // namespace
}  // namespace pellucid
