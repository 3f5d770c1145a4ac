// The integer network as the engines read it. The format is written down in
// src/pellucid/video/integer.py; the point numbers in comments here refer to that page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pellucid {

enum class Skip { nearest, bilinear };

struct Layer {
    int inputs;
    int outputs;
    int kernel;                        // 1 or 3
    int shift;                         // 0..15
    std::vector<std::int8_t> weight;   // [output][input][dy][dx], as in the model file
    std::vector<std::int32_t> bias;    // [output]
    std::vector<std::int16_t> multiplier;  // [output]

    int margin() const { return kernel / 2; }
    int taps() const { return kernel * kernel * inputs; }
};

struct Network {
    std::vector<Layer> layers;
    int factor;  // 1 or 2: space-to-depth at the input
    Skip skip;

    // How far, in cells, an output cell looks.
    int reach() const {
        int reach = 0;
        for (const Layer& layer : layers) reach += layer.margin();
        return reach;
    }

    // Throws std::invalid_argument when the layers do not chain or an array has another size.
    void check() const;
};

// A picture plane that someone else owns; rows may lie any distance apart, columns touch.
struct Plane {
    const std::uint8_t* data;
    int height;
    int width;
    std::ptrdiff_t stride;

    const std::uint8_t* row(int y) const { return data + y * stride; }
};

struct MutablePlane {
    std::uint8_t* data;
    int height;
    int width;
    std::ptrdiff_t stride;

    std::uint8_t* row(int y) const { return data + y * stride; }
};

}  // namespace pellucid
