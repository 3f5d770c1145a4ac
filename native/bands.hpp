// Runs a network over a picture: bands of rows, one a thread, each through rings of rows.
#pragma once

#include <memory>
#include <vector>

#include "kernels.hpp"

namespace pellucid {

class Enlarger {
public:
    explicit Enlarger(Network network);
    Enlarger(Enlarger&&) = default;
    Enlarger(const Enlarger&) = delete;

    // Enlarges x2 on up to `threads` threads. out must be twice as high and wide. Const and
    // without shared state: one enlarger may serve many streams at once.
    void enlarge(const Plane& picture, const MutablePlane& out, int threads) const;

    const Network& network() const { return network_; }

private:
    Network network_;
    std::vector<std::unique_ptr<RowKernel>> kernels_;  // one a layer
};

}  // namespace pellucid
