// Checks a network once, so that the inner loops need not.
#include "network.hpp"

#include <stdexcept>

namespace pellucid {
namespace {

void expect(bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
}

void check_layer(const Layer& layer, int inputs) {
    expect(layer.kernel == 1 || layer.kernel == 3, "kernel: expected 1 or 3");
    expect(layer.inputs == inputs, "inputs: expected the outputs of the layer before");
    expect(layer.outputs >= 1 && layer.outputs <= 128, "outputs: expected 1..128");
    expect(layer.shift >= 0 && layer.shift <= 15, "shift: expected 0..15");
    const auto outputs = static_cast<std::size_t>(layer.outputs);
    expect(layer.weight.size() == outputs * static_cast<std::size_t>(layer.taps()), "weight: size");
    expect(layer.bias.size() == outputs, "bias: size");
    expect(layer.multiplier.size() == outputs, "multiplier: size");
}

}  // namespace

void Network::check() const {
    expect(factor == 1 || factor == 2, "factor: expected 1 or 2");
    expect(!layers.empty(), "layers: expected at least one");
    int inputs = factor * factor;
    for (const Layer& layer : layers) {
        check_layer(layer, inputs);
        inputs = layer.outputs;
    }
    expect(inputs == 4 * factor * factor, "last layer: expected (2 factor)^2 outputs");
}

}  // namespace pellucid
