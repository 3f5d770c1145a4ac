// 3x3 layers by half the multiplications, for processors that multiply int16 at best.
//
// Winograd's minimal filtering F(4, 3) (Winograd 1980; Lavin and Gray 2016, section 4.3) along the
// row: four neighbouring outputs take six products a kernel row instead of twelve,
//
//     y = A' [(G g) * (B' d)],    d six neighbouring inputs, g three weights, y four outputs.
//
// All stays in whole numbers, so the sums are exactly those of the plain convolution: 24 G is
// whole, and its products with int8 weights, like B' d of uint8 inputs, fit int16 (at most 3048 and
// 2040). The sums come out 24 times too large and modulo 2^32. As they are multiples of 24 below
// 2^31 in truth, a shift by 3 and a product with the inverse of 3 modulo 2^32 bring them back.
//
// B' d is prepared once a row and read by three output rows: [tile][6][C] int16, C rounded up to
// GROUP. A 1x1 layer is the same with tiles of one pixel, one product, one row and no transform.
//
//     weights: [block of outputs][product][kernel row][C / GROUP][lane of the block][GROUP] int16
#pragma once

#include "put.hpp"

namespace pellucid {
namespace {

constexpr int TILE = 4, REACH = 6, PRODUCTS = 6;
constexpr int REST = 2;                  // tiles at once at the end of a row
constexpr int SHIFT = 3;                 // 24 = 3 << SHIFT
constexpr std::int32_t THIRD = -1431655765;  // 3 * THIRD = 1 modulo 2^32

// What a tile of a layer is: pixels, products a kernel row, kernel rows.
struct Tiling {
    int pixels, products, rows;
};

constexpr Tiling tiling_of(int kernel) {
    return kernel == 3 ? Tiling{TILE, PRODUCTS, 3} : Tiling{1, 1, 1};
}

// 24 G g of one kernel row; of a 1x1 layer the weight itself.
inline void transform_weights(const std::int8_t* g, int kernel, std::int16_t* out) {
    if (kernel == 1) {
        out[0] = g[0];
        return;
    }
    const int a = g[0], b = g[1], c = g[2];
    const int all[PRODUCTS] = {6 * a,
                               -4 * (a + b + c),
                               -4 * (a - b + c),
                               a + 2 * b + 4 * c,
                               a - 2 * b + 4 * c,
                               24 * c};
    for (int p = 0; p < PRODUCTS; ++p) out[p] = static_cast<std::int16_t>(all[p]);
}

// B' d, by a vector class with +, - and <<.
template <class V>
inline void transform_inputs(const V (&d)[REACH], V (&out)[PRODUCTS]) {
    const V far = d[4] - (d[2] << 2), near = d[3] - (d[1] << 2);
    const V even = d[4] - d[2], odd = d[3] - d[1];
    out[0] = even + ((d[0] - d[2]) << 2);
    out[1] = far + near;
    out[2] = far - near;
    out[3] = even + (odd << 1);
    out[4] = even - (odd << 1);
    out[5] = d[5] - d[3] - (odd << 2);
}

// A' m, brought back.
template <class V>
inline void transform_outputs(const V (&m)[PRODUCTS], V (&out)[TILE]) {
    const V s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    out[0] = ((m[0] + s + s2) >> SHIFT) * THIRD;
    out[1] = ((d + (d2 << 1)) >> SHIFT) * THIRD;
    out[2] = ((s + (s2 << 2)) >> SHIFT) * THIRD;
    out[3] = ((d + (d2 << 3) + m[5]) >> SHIFT) * THIRD;
}

template <class V>
inline void transform_outputs(const V (&m)[1], V (&out)[1]) { out[0] = m[0]; }

// Outputs of a block: fewer for a layer that has few.
template <class Isa>
int block_of(int outputs) { return outputs <= Isa::BLOCK / 2 ? Isa::BLOCK / 2 : Isa::BLOCK; }

inline int groups_of(int channels, int group) { return (channels + group - 1) / group; }

// Isa, a struct of the including file's own, has
//   GROUP         inputs that one multiplication adds up
//   LANES, BLOCK  int32 in a vector; outputs in a block, or half as many for layers of few outputs
//   TILES<V>      tiles whose sums stay in registers, of V vectors each
//   Sum           a vector of int32; Features: one of uint8 read, int16 stored; Weights
//   lane          where in a block an output lies, so that Scale finds them in order
//   Scale         point 3: what sums start with, and a pixel's sums to a vector class for put.hpp
template <class Isa>
Buffer pack_winograd(const Layer& layer) {
    const Tiling tiling = tiling_of(layer.kernel);
    const int block = block_of<Isa>(layer.outputs), groups = groups_of(layer.inputs, Isa::GROUP);
    const int row = groups * block * Isa::GROUP, product = tiling.rows * row;
    const int blocks = (layer.outputs + block - 1) / block, area = layer.kernel * layer.kernel;
    Buffer buffer(static_cast<std::size_t>(blocks * tiling.products * product) * sizeof(std::int16_t));
    for (int o = 0; o < layer.outputs; ++o) {
        std::int16_t* const out = buffer.as<std::int16_t>() + o / block * tiling.products * product +
                                  Isa::lane(o % block, block) * Isa::GROUP;
        for (int c = 0; c < layer.inputs; ++c)
            for (int dy = 0; dy < layer.kernel; ++dy) {
                std::int16_t weights[PRODUCTS];
                transform_weights(&layer.weight[(o * layer.inputs + c) * area + dy * layer.kernel],
                                  layer.kernel, weights);
                const int place = dy * row + c / Isa::GROUP * block * Isa::GROUP + c % Isa::GROUP;
                for (int p = 0; p < tiling.products; ++p) out[p * product + place] = weights[p];
            }
    }
    return buffer;
}

// Every layer reads prepared rows: int16, whole blocks of tiles, a group's channels side by side.
template <class Isa>
std::size_t prepared_winograd(const Packed& layer, int width) {
    const Tiling tiling = tiling_of(layer.kernel);
    const int tiles = (width + tiling.pixels - 1) / tiling.pixels + REST;
    const int channels = groups_of(layer.inputs, Isa::GROUP) * Isa::GROUP;
    return static_cast<std::size_t>(tiles * tiling.products * channels) * sizeof(std::int16_t);
}

template <class Isa>
std::size_t prepared_at(const Packed& layer, int x) {
    const Tiling tiling = tiling_of(layer.kernel);
    const int channels = groups_of(layer.inputs, Isa::GROUP) * Isa::GROUP;
    return static_cast<std::size_t>(x / tiling.pixels * tiling.products * channels) * sizeof(std::int16_t);
}

// Channels [first, first + V's lanes) of every tile.
template <class V>
void prepare_channels(const std::uint8_t* plain, int inputs, int tiles, Tiling tiling, int channels,
                      std::int16_t* out) {
    for (int t = 0; t < tiles; ++t, out += tiling.products * channels) {
        const std::uint8_t* from = plain + (t * tiling.pixels - tiling.rows / 2) * inputs;
        if (tiling.products == 1) {
            V::load(from).store(out);
            continue;
        }
        V d[REACH], m[PRODUCTS];
        for (int i = 0; i < REACH; ++i) d[i] = V::load(from + i * inputs);
        transform_inputs(d, m);
        for (int p = 0; p < PRODUCTS; ++p) m[p].store(out + p * channels);
    }
}

// One channel, for what is left of few or odd channels.
struct One {
    static constexpr int LANES = 1;
    int value;
    static One load(const std::uint8_t* from) { return {*from}; }
    void store(std::int16_t* to) const { *to = static_cast<std::int16_t>(value); }
};
inline One operator+(One a, One b) { return {a.value + b.value}; }
inline One operator-(One a, One b) { return {a.value - b.value}; }
inline One operator<<(One a, int bits) { return {a.value * (1 << bits)}; }

template <class Isa>
void prepare_winograd(const Packed& layer, const std::uint8_t* plain, int width, std::uint8_t* to) {
    const Tiling tiling = tiling_of(layer.kernel);
    const int tiles = (width + tiling.pixels - 1) / tiling.pixels;
    const int channels = groups_of(layer.inputs, Isa::GROUP) * Isa::GROUP;
    std::int16_t* out = reinterpret_cast<std::int16_t*>(to);
    using Wide = typename Isa::Features;
    int c = 0;
    for (; c + Wide::LANES <= layer.inputs; c += Wide::LANES)
        prepare_channels<Wide>(plain + c, layer.inputs, tiles, tiling, channels, out + c);
    for (; c < layer.inputs; ++c)
        prepare_channels<One>(plain + c, layer.inputs, tiles, tiling, channels, out + c);
}

// The sums of one product of some tiles for VECTORS vectors of outputs.
template <class Isa, int TILES, int VECTORS, int ROWS>
inline void multiply(const std::int16_t* const (&rows)[ROWS], int groups, int pitch,
                     const std::int16_t* weight, typename Isa::Sum (&sums)[TILES][VECTORS]) {
    using Sum = typename Isa::Sum;
    Sum acc[TILES][VECTORS];
    for (auto& tile : acc)
        for (auto& sum : tile) sum = Sum::zero();
    for (int dy = 0; dy < ROWS; ++dy) {
        const std::int16_t* data = rows[dy];
        for (int g = 0; g < groups; ++g, data += Isa::GROUP) {
            typename Isa::Weights w[VECTORS];
            for (int v = 0; v < VECTORS; ++v, weight += Isa::LANES * Isa::GROUP) w[v] = Isa::weights(weight);
#pragma GCC unroll 8
            for (int t = 0; t < TILES; ++t) {
                const auto d = Isa::spread(data + t * pitch);
#pragma GCC unroll 4
                for (int v = 0; v < VECTORS; ++v) acc[t][v] = Isa::add_product(acc[t][v], w[v], d);
            }
        }
    }
    for (int t = 0; t < TILES; ++t)
        for (int v = 0; v < VECTORS; ++v) sums[t][v] = acc[t][v];
}

// One block of outputs of one row.
template <class Isa, int VECTORS, int KERNEL>
class Convolution {
public:
    Convolution(const Packed& layer, const Rows& rows, int block)
        : all_{rows.above, rows.here, rows.below}, groups_(groups_of(layer.inputs, Isa::GROUP)),
          channels_(groups_ * Isa::GROUP), size_(TILING.rows * channels_ * VECTORS * Isa::LANES),
          weight_(static_cast<const std::int16_t*>(layer.weight) + block * TILING.products * size_),
          scale_(layer, block * VECTORS * Isa::LANES) {}

    // Calls put(x, q) with the requantised outputs of each pixel, up to the end of the last tiles.
    template <class Put>
    void run(int width, const Put& put) const {
        const int tiles = (width + TILING.pixels - 1) / TILING.pixels;
        int t = 0;
        constexpr int MANY = Isa::template TILES<VECTORS>;
        for (; t + MANY <= tiles; t += MANY) make<MANY>(t, put);
        for (; t < tiles; t += REST) make<REST>(t, put);
    }

private:
    using Sum = typename Isa::Sum;
    static constexpr Tiling TILING = tiling_of(KERNEL);

    template <int TILES, class Put>
    inline void make(int t, Put put) const {
        Sum sums[TILING.products][TILES][VECTORS];
        const int pitch = TILING.products * channels_;
        for (int p = 0; p < TILING.products; ++p) {
            const std::int16_t* from[TILING.rows];
            for (int dy = 0; dy < TILING.rows; ++dy)
                from[dy] = reinterpret_cast<const std::int16_t*>(all_[KERNEL == 3 ? dy : 1]) +
                           t * pitch + p * channels_;
            multiply<Isa, TILES, VECTORS, TILING.rows>(from, groups_, pitch, weight_ + p * size_, sums[p]);
        }
        for (int i = 0; i < TILES; ++i) {
            Sum pixels[TILING.pixels][VECTORS];
            for (int v = 0; v < VECTORS; ++v) {
                Sum m[TILING.products], y[TILING.pixels];
                for (int p = 0; p < TILING.products; ++p) m[p] = sums[p][i][v];
                transform_outputs(m, y);
                for (int x = 0; x < TILING.pixels; ++x) pixels[x][v] = y[x] + scale_.start(v);
            }
            for (int x = 0; x < TILING.pixels; ++x)
                put((t + i) * TILING.pixels + x, scale_.apply(pixels + x));
        }
    }

    const std::uint8_t* all_[3];
    int groups_, channels_, size_;  // size: of a product's weights
    const std::int16_t* weight_;
    typename Isa::template Scale<VECTORS> scale_;
};

// The same, for the vectors and the kernel that the layer has.
template <class Isa, class Put>
void convolve_block(const Packed& layer, const Rows& rows, int width, int block, const Put& put) {
    constexpr int MOST = Isa::BLOCK / Isa::LANES, LEAST = MOST / 2;
    const bool wide = block_of<Isa>(layer.outputs) == Isa::BLOCK;
    if (layer.kernel == 3 && wide) Convolution<Isa, MOST, 3>(layer, rows, block).run(width, put);
    else if (layer.kernel == 3) Convolution<Isa, LEAST, 3>(layer, rows, block).run(width, put);
    else if (wide) Convolution<Isa, MOST, 1>(layer, rows, block).run(width, put);
    else Convolution<Isa, LEAST, 1>(layer, rows, block).run(width, put);
}

template <class Isa>
void hidden_winograd(const Packed& layer, const Rows& rows, int width, std::uint8_t* out) {
    put_hidden(layer.outputs, block_of<Isa>(layer.outputs), width, out, [&](int block, const auto& put) {
        convolve_block<Isa>(layer, rows, width, block, put);
    });
}

template <class Isa>
void last_winograd(const Packed& layer, const Rows& rows, int width, std::int16_t* const* out) {
    convolve_block<Isa>(layer, rows, width, 0, PutResidual{out, width});
}

}  // namespace
}  // namespace pellucid
