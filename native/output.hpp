// Point 5: adds the enlarged picture to the residuals and writes finished pixels.
#pragma once

#include "network.hpp"
#include "workspace.hpp"

namespace pellucid {

class Output {
public:
    // left, right: the pixels of `picture` between which the window lies.
    Output(const Network& network, const Plane& picture, const MutablePlane& out, int left, int right,
           Workspace& workspace);

    // residual: row a of the cell row, one for each of its finished rows, from the window's left on.
    void write(int cell_row, const std::int16_t* const* residual);

private:
    void enlarge_row(int y);

    int block_;  // finished rows and columns a cell
    Skip skip_;
    Plane picture_;
    MutablePlane out_;
    int left_, right_;
    std::int16_t *mixed_, *skipped_;
};

}  // namespace pellucid
