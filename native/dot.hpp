// Layers by dot products of four bytes, where the processor has them.
//
// The inputs under one kernel row lie side by side in a plain row, kernel * C bytes; four of them,
// spread over all lanes, meet four weights of as many outputs as there are lanes. Weights behind the
// row's end are zero, so any number of channels will do.
//
//     weights: [block of outputs][kernel row][step][lane of the block][4] int8,
//     behind them 128 times the sum of each output's weights, int32 [block of outputs][lane]
#pragma once

#include "put.hpp"

namespace pellucid {
namespace {

constexpr int FOUR = 4;

constexpr int steps_of(int kernel, int inputs) { return (kernel * inputs + FOUR - 1) / FOUR; }

template <class Isa>
constexpr int block_of(int outputs) { return outputs <= Isa::BLOCK / 2 ? Isa::BLOCK / 2 : Isa::BLOCK; }

// Bytes of all weights.
template <class Isa>
constexpr int weights_size(int kernel, int inputs, int outputs) {
    const int block = block_of<Isa>(outputs);
    return (outputs + block - 1) / block * block * kernel * steps_of(kernel, inputs) * FOUR;
}

template <class Isa>
Buffer pack_dot(const Layer& layer) {
    const int block = block_of<Isa>(layer.outputs), steps = steps_of(layer.kernel, layer.inputs);
    const int size = weights_size<Isa>(layer.kernel, layer.inputs, layer.outputs);
    const int sums = (layer.outputs + block - 1) / block * block * static_cast<int>(sizeof(std::int32_t));
    Buffer buffer(static_cast<std::size_t>(size + sums));
    auto* const sum = reinterpret_cast<std::int32_t*>(buffer.data() + size);
    const int k = layer.kernel;
    for (int o = 0; o < layer.outputs; ++o)
        for (int c = 0; c < layer.inputs; ++c)
            for (int dy = 0; dy < k; ++dy)
                for (int dx = 0; dx < k; ++dx) {
                    const std::int8_t w = layer.weight[((o * layer.inputs + c) * k + dy) * k + dx];
                    const int lane = Isa::lane(o % block, block), byte = dx * layer.inputs + c;
                    const int step = (o / block * k + dy) * steps + byte / FOUR;
                    buffer.as<std::int8_t>()[(step * block + lane) * FOUR + byte % FOUR] = w;
                    sum[o / block * block + lane] += 128 * w;
                }
    return buffer;
}

// Isa, a struct of the including file's own, has
//   BLOCK           outputs of a block, or half as many for layers of few
//   lane            where in a block an output lies, so that Scale finds them in order
//   Wide, Narrow    the vectors for whole and for half blocks, each with
//     LANES           int32 in a vector
//     PIXELS<V>       pixels whose sums stay in registers, of V vectors each
//     Sum, Weights    a vector of int32, of four int8 each
//     Scale<V>        point 3: what sums start with; V vectors of its PIXELS to a class for put.hpp
//
// One block of outputs of one row. INPUTS: the layer's, where it is a number that ships; 0 for any.
template <class Isa, int VECTORS, int KERNEL, int INPUTS>
class Convolution {
public:
    Convolution(const Packed& layer, const Rows& rows, int block)
        : all_{rows.above, rows.here, rows.below}, inputs_(INPUTS ? INPUTS : layer.inputs),
          steps_(steps_of(KERNEL, inputs_)),
          weights_(static_cast<const std::int8_t*>(layer.weight) + block * KERNEL * steps_ * STEP),
          scale_(layer, block * VECTORS * Isa::LANES) {}

    // Calls put(x, q) with the requantised outputs of each pixel, up to some behind the last.
    template <class Put>
    void run(int width, const Put& put) const {
        constexpr int MANY = Isa::template PIXELS<VECTORS>;
        int x = 0;
        for (; x + MANY <= width; x += MANY) make<MANY>(x, put);
        for (; x < width; x += REST) make<REST>(x, put);
    }

private:
    using Sum = typename Isa::Sum;
    using Scale = typename Isa::template Scale<VECTORS>;
    static constexpr int REST = 4;  // pixels at once at the end of a row
    static constexpr int STEP = VECTORS * Isa::LANES * FOUR;

    template <int PIXELS, class Put>
    inline void make(int x, Put put) const {
        const int inputs = INPUTS ? INPUTS : inputs_, steps = INPUTS ? steps_of(KERNEL, INPUTS) : steps_;
        Sum sums[PIXELS][VECTORS];
        for (int p = 0; p < PIXELS; ++p)
            for (int v = 0; v < VECTORS; ++v) sums[p][v] = scale_.start(v);
        const std::int8_t* weight = weights_;
        for (int dy = 0; dy < KERNEL; ++dy) {
            const std::uint8_t* data = all_[KERNEL == 3 ? dy : 1] + (x - KERNEL / 2) * inputs;
#pragma GCC unroll 1
            for (int step = 0; step < steps; ++step, weight += STEP, data += FOUR) {
                typename Isa::Weights w[VECTORS];
                for (int v = 0; v < VECTORS; ++v) w[v] = Isa::weights(weight + v * Isa::LANES * FOUR);
#pragma GCC unroll 32
                for (int p = 0; p < PIXELS; ++p) {
                    const auto d = Isa::spread(data + p * inputs);
#pragma GCC unroll 4
                    for (int v = 0; v < VECTORS; ++v) sums[p][v] = Isa::add_product(sums[p][v], w[v], d);
                }
            }
        }
        Sum done[PIXELS][VECTORS];  // whoever takes an address of `sums` sends them to memory
#pragma GCC unroll 32
        for (int p = 0; p < PIXELS; ++p)
            for (int v = 0; v < VECTORS; ++v) done[p][v] = sums[p][v];
        for (int p = 0; p < PIXELS; p += Scale::PIXELS) put(x + p, scale_.apply(done + p));
    }

    const std::uint8_t* all_[3];
    int inputs_, steps_;
    const std::int8_t* weights_;
    Scale scale_;
};

// The same, for the inputs that the layer has.
template <class Isa, int VECTORS, int KERNEL, class Put>
void convolve_inputs(const Packed& layer, const Rows& rows, int width, int block, const Put& put) {
    if (layer.inputs == 16) Convolution<Isa, VECTORS, KERNEL, 16>(layer, rows, block).run(width, put);
    else if (layer.inputs == 8) Convolution<Isa, VECTORS, KERNEL, 8>(layer, rows, block).run(width, put);
    else if (layer.inputs == 1) Convolution<Isa, VECTORS, KERNEL, 1>(layer, rows, block).run(width, put);
    else Convolution<Isa, VECTORS, KERNEL, 0>(layer, rows, block).run(width, put);
}

// The same, for the block and the kernel that the layer has.
template <class Isa, class Put>
void convolve_block(const Packed& layer, const Rows& rows, int width, int block, const Put& put) {
    using Wide = typename Isa::Wide;
    using Narrow = typename Isa::Narrow;
    constexpr int MOST = Isa::BLOCK / Wide::LANES, LEAST = Isa::BLOCK / 2 / Narrow::LANES;
    const bool wide = block_of<Isa>(layer.outputs) == Isa::BLOCK;
    if (layer.kernel == 3 && wide) convolve_inputs<Wide, MOST, 3>(layer, rows, width, block, put);
    else if (layer.kernel == 3) convolve_inputs<Narrow, LEAST, 3>(layer, rows, width, block, put);
    else if (wide) Convolution<Wide, MOST, 1, 0>(layer, rows, block).run(width, put);
    else Convolution<Narrow, LEAST, 1, 0>(layer, rows, block).run(width, put);
}

template <class Isa>
void hidden_dot(const Packed& layer, const Rows& rows, int width, std::uint8_t* out) {
    put_hidden(layer.outputs, block_of<Isa>(layer.outputs), width, out, [&](int block, const auto& put) {
        convolve_block<Isa>(layer, rows, width, block, put);
    });
}

template <class Isa>
void last_dot(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out) {
    convolve_block<Isa>(layer, rows, width, 0, PutResidual{out, width});
}

}  // namespace
}  // namespace pellucid
