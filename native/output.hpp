// Point 5: adds the enlarged picture to the residuals and writes finished pixels.
#pragma once

#include "network.hpp"
#include "workspace.hpp"

namespace pellucid {

class Output {
public:
    Output(const Network& network, const Plane& picture, const MutablePlane& out, Workspace& workspace);

    // What becomes of pixels [left, right) of a cell row. residual: one row for each finished row,
    // from `left` on.
    void write(int cell_row, int left, int right, const std::int16_t* const* residual);

private:
    void enlarge_row(int y, int left, int right);

    int block_;  // finished rows and columns a cell
    Skip skip_;
    Plane picture_;
    MutablePlane out_;
    std::int16_t *mixed_, *skipped_;
};

}  // namespace pellucid
