// Pieces of work: first the bands of luma, then those of each colour plane.
#include "frame.hpp"

#include <algorithm>

#include "pool.hpp"

namespace pellucid {
namespace {

// Where bands of rows begin and end, such that each has as much to make as any other.
std::vector<int> seams(const Mask& mask, int bands) {
    std::vector<int> rows = {0};
    const long all = mask.count(0, mask.height());
    long made = 0;
    for (int y = 0; y < mask.height(); ++y) {
        made += mask.count(y, y + 1);
        const long due = all * static_cast<long>(rows.size()) / bands;
        if (made >= due && static_cast<int>(rows.size()) < bands) rows.push_back(y + 1);
    }
    rows.push_back(mask.height());
    return rows;
}

}  // namespace

void enlarge_frame(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out, const Mask& mask,
                   const std::vector<Colour>& colours, int threads) {
    const std::vector<int> rows = seams(mask, std::min(threads, mask.height()));
    const int luma = static_cast<int>(rows.size()) - 1;
    const int pieces = luma + threads * static_cast<int>(colours.size());
    run_side_by_side(pieces, threads, [&](int piece) {
        if (piece < luma) {
            const auto band = static_cast<std::size_t>(piece);
            enlarger.enlarge(picture, out, mask, rows[band], rows[band + 1]);
            return;
        }
        const int band = (piece - luma) % threads;
        const Colour& colour = colours[static_cast<std::size_t>((piece - luma) / threads)];
        const int height = colour.out.height;
        enlarge_chroma(colour, height * band / threads, height * (band + 1) / threads);
    });
}

}  // namespace pellucid
