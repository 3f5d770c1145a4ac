// Runs a network over windows of a picture, each through rings of rows.
#pragma once

#include <vector>

#include "kernels.hpp"

namespace pellucid {

// Cells [top, bottom) x [left, right) of the feature grid: pixels / factor.
struct Window {
    int top, left, bottom, right;
};

class Enlarger {
public:
    // kernels: the name of a kernel set; "" for the fastest that runs here.
    Enlarger(Network network, const std::string& kernels);
    Enlarger(Enlarger&&) = default;
    Enlarger(const Enlarger&) = delete;

    // Makes one window of the picture enlarged x2, the same bytes as in the whole; `out` is all of
    // the enlarged picture. Const and without shared state: one enlarger may serve many streams.
    void enlarge(const Plane& picture, const MutablePlane& out, const Window& window) const;

    const Network& network() const { return network_; }
    const KernelSet& kernels() const { return kernels_; }
    const std::vector<PackedLayer>& layers() const { return layers_; }

private:
    Network network_;
    const KernelSet& kernels_;
    std::vector<PackedLayer> layers_;
};

// The cells that the pixels [top, bottom) x [left, right) lie in.
Window in_cells(const Window& pixels, const Network& network);

// All cells of a picture.
Window all_cells(const Network& network, const Plane& picture);

}  // namespace pellucid
