// Runs the engines without Python: under an emulator of another processor, or under sanitizers.
//
//     driver KERNELS THREADS < cases > pictures
//
// Reads cases one after another (see test_native.py, which writes them) and writes each enlarged
// picture, made as a whole, and then again in windows; exits with 1 where the two are not the same.
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

// Quarters, with seams that are on no even pixel.
std::vector<Window> quarters(const Case& of) {
    std::vector<Window> windows;
    const int y = of.height / 2, x = of.width / 3;
    for (const auto& [top, bottom] : {std::pair{0, y}, std::pair{y, of.height}})
        for (const auto& [left, right] : {std::pair{0, x}, std::pair{x, of.width}})
            if (top < bottom && left < right)
                windows.push_back(in_cells({top, left, bottom, right}, of.network));
    return windows;
}

std::vector<std::uint8_t> run(const Enlarger& enlarger, const Case& of, const std::vector<Window>& windows, int threads) {
    const Plane picture{of.picture.data(), of.height, of.width, of.width};
    std::vector<std::uint8_t> bytes(4 * of.picture.size()), colour(bytes.size());
    const MutablePlane out{bytes.data(), 2 * of.height, 2 * of.width, 2 * of.width};
    const MutablePlane beside{colour.data(), 2 * of.height, 2 * of.width, 2 * of.width};
    enlarge_frame(enlarger, picture, out, windows, {{picture, beside, Phase::centered, Phase::cosited}}, threads);
    return bytes;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    const int threads = std::atoi(words[2]);
    for (Case next; read_case(next);) {
        const Enlarger enlarger(next.network, words[1]);
        const Plane picture{next.picture.data(), next.height, next.width, next.width};
        const std::vector<Window> all = {all_cells(next.network, picture)};
        const auto whole = run(enlarger, next, all, threads);
        std::fwrite(whole.data(), 1, whole.size(), stdout);
        // Cells of two pixels that a seam cuts are made by both windows: one thread then.
        if (run(enlarger, next, quarters(next), next.network.factor == 1 ? threads : 1) != whole) return 1;
    }
    return 0;
}
