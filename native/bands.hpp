// Runs a network over bands of a picture, each through rings of rows.
#pragma once

#include <vector>

#include "kernels.hpp"
#include "mask.hpp"

namespace pellucid {

class Enlarger {
public:
    // kernels: the name of a kernel set; "" for the fastest that runs here.
    Enlarger(Network network, const std::string& kernels);
    Enlarger(Enlarger&&) = default;
    Enlarger(const Enlarger&) = delete;

    // Makes the flagged cells of grid rows [top, bottom) enlarged x2, the same bytes as in the
    // whole, and may make cells between them; `out` is all of the enlarged picture. Const and without
    // shared state: one enlarger may serve many streams.
    void enlarge(const Plane& picture, const MutablePlane& out, const Mask& mask, int top, int bottom) const;

    const Network& network() const { return network_; }
    const KernelSet& kernels() const { return kernels_; }
    const std::vector<PackedLayer>& layers() const { return layers_; }

private:
    Network network_;
    const KernelSet& kernels_;
    std::vector<PackedLayer> layers_;
};

// A mask of all cells of a picture.
Mask all_cells(const Network& network, const Plane& picture);

}  // namespace pellucid
