// Runs the engines without Python: under an emulator of another processor, or under sanitizers.
//
//     driver KERNELS THREADS < cases > pictures
//
// Reads cases one after another (see test_native.py, which writes them) and writes each enlarged
// picture, made as a whole, and then again in two parts; exits with 1 where the two are not the same.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "frame.hpp"

using namespace pellucid;

namespace {

template <class T>
bool read(std::vector<T>& values, std::size_t count) {
    values.resize(count);
    return std::fread(values.data(), sizeof(T), count, stdin) == count;
}

struct Case {
    Network network;
    int height = 0, width = 0;
    std::vector<std::uint8_t> picture;
};

Layer read_layer() {
    std::vector<std::int32_t> head;
    read(head, 4);
    Layer layer{head[0], head[1], head[2], head[3], {}, {}, {}};
    read(layer.weight, static_cast<std::size_t>(layer.outputs * layer.taps()));
    read(layer.bias, static_cast<std::size_t>(layer.outputs));
    read(layer.multiplier, static_cast<std::size_t>(layer.outputs));
    return layer;
}

bool read_case(Case& next) {
    std::vector<std::int32_t> head;
    if (!read(head, 5)) return false;
    next.height = head[0], next.width = head[1];
    next.network = {{}, head[2], head[3] ? Skip::bilinear : Skip::nearest};
    for (int i = 0; i < head[4]; ++i) next.network.layers.push_back(read_layer());
    return read(next.picture, static_cast<std::size_t>(next.height * next.width));
}

// Every second row of flags, and every third flag of the others; and what that leaves.
std::vector<Mask> parts(const Mask& all) {
    Mask first = all, second = all;
    for (int y = 0; y < all.height(); ++y)
        for (int unit = 0; unit < all.units(); ++unit) {
            first.row(y)[unit] = y % 2 == 0 || unit % 3 == 0;
            second.row(y)[unit] = !first.row(y)[unit];
        }
    return {first, second};
}

std::vector<std::uint8_t> run(const Enlarger& enlarger, const Case& of, const std::vector<Mask>& masks, int threads) {
    const Plane picture{of.picture.data(), of.height, of.width, of.width};
    std::vector<std::uint8_t> bytes(4 * of.picture.size()), colour(bytes.size());
    const MutablePlane out{bytes.data(), 2 * of.height, 2 * of.width, 2 * of.width};
    const MutablePlane beside{colour.data(), 2 * of.height, 2 * of.width, 2 * of.width};
    for (const Mask& mask : masks)
        enlarge_frame(enlarger, picture, out, mask, {{picture, beside, Phase::centered, Phase::cosited}}, threads);
    return bytes;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    const int threads = std::atoi(words[2]);
    for (Case next; read_case(next);) {
        const Enlarger enlarger(next.network, words[1]);
        const Plane picture{next.picture.data(), next.height, next.width, next.width};
        const Mask all = all_cells(next.network, picture);
        const auto whole = run(enlarger, next, {all}, threads);
        std::fwrite(whole.data(), 1, whole.size(), stdout);
        if (run(enlarger, next, parts(all), threads) != whole) return 1;
    }
    return 0;
}
