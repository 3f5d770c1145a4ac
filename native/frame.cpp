// Pieces of work: first the windows of luma, then bands of each colour plane.
#include "frame.hpp"

#include "pool.hpp"

namespace pellucid {

void enlarge_frame(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out,
                   const std::vector<Window>& windows, const std::vector<Colour>& colours, int threads) {
    const int luma = static_cast<int>(windows.size());
    const int pieces = luma + threads * static_cast<int>(colours.size());
    run_side_by_side(pieces, threads, [&](int piece) {
        if (piece < luma) {
            enlarger.enlarge(picture, out, windows[static_cast<std::size_t>(piece)]);
            return;
        }
        const int band = (piece - luma) % threads;
        const Colour& colour = colours[static_cast<std::size_t>((piece - luma) / threads)];
        const int rows = colour.out.height;
        enlarge_chroma(colour, rows * band / threads, rows * (band + 1) / threads);
    });
}

}  // namespace pellucid
