// Pieces of work: first the windows of luma, then bands of each colour plane.
#include "frame.hpp"

#include "pool.hpp"

#include <algorithm>

namespace pellucid {
namespace {

// The windows, the tall ones cut into pieces such that all threads have something to do.
std::vector<Window> shared_out(const std::vector<Window>& windows, int threads) {
    long pixels = 0;
    for (const Window& w : windows) pixels += static_cast<long>(w.bottom - w.top) * (w.right - w.left);
    const long share = pixels / threads + 1;
    std::vector<Window> pieces;
    for (const Window& w : windows) {
        const int rows = w.bottom - w.top;
        const long wanted = (static_cast<long>(rows) * (w.right - w.left) + share / 2) / share;
        const int count = static_cast<int>(std::clamp(wanted, 1L, static_cast<long>(rows)));
        for (int i = 0; i < count; ++i)
            pieces.push_back({w.top + rows * i / count, w.left, w.top + rows * (i + 1) / count, w.right});
    }
    return pieces;
}

}  // namespace

void enlarge_frame(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out,
                   const std::vector<Window>& windows, const std::vector<Colour>& colours, int threads) {
    const std::vector<Window> shared = shared_out(windows, threads);
    const int luma = static_cast<int>(shared.size());
    const int pieces = luma + threads * static_cast<int>(colours.size());
    run_side_by_side(pieces, threads, [&](int piece) {
        if (piece < luma) {
            enlarger.enlarge(picture, out, shared[static_cast<std::size_t>(piece)]);
            return;
        }
        const int band = (piece - luma) % threads;
        const Colour& colour = colours[static_cast<std::size_t>((piece - luma) / threads)];
        const int rows = colour.out.height;
        enlarge_chroma(colour, rows * band / threads, rows * (band + 1) / threads);
    });
}

}  // namespace pellucid
