// Each step is a plain loop over a row, which compilers vectorise.
#include "output.hpp"

#include <algorithm>

namespace pellucid {
namespace {

// The picture's row, or two rows mixed 3 : 1, with the pixel before and behind.
void mix_rows(const std::uint8_t* __restrict here, const std::uint8_t* __restrict there, int count,
              std::int16_t* __restrict out) {
    for (int x = 0; x < count; ++x) out[x] = static_cast<std::int16_t>(3 * here[x] + there[x]);
}

void mix_columns(const std::int16_t* __restrict mixed, int count, std::int16_t* __restrict out) {
    for (int x = 0; x < count; ++x) {
        out[2 * x] = static_cast<std::int16_t>(3 * mixed[x] + mixed[x - 1]);
        out[2 * x + 1] = static_cast<std::int16_t>(3 * mixed[x] + mixed[x + 1]);
    }
}

void repeat(const std::uint8_t* __restrict row, int count, std::int16_t* __restrict out) {
    for (int x = 0; x < count; ++x)
        out[2 * x] = out[2 * x + 1] = static_cast<std::int16_t>(16 * row[x]);
}

void add(const std::int16_t* __restrict residual, const std::int16_t* __restrict skipped, int count,
         std::uint8_t* __restrict out) {
    for (int x = 0; x < count; ++x) {
        const int y = (residual[x] + skipped[x] + 8) >> 4;
        out[x] = static_cast<std::uint8_t>(y < 0 ? 0 : y > 255 ? 255 : y);
    }
}

}  // namespace

Output::Output(const Network& network, const Plane& picture, const MutablePlane& out, Workspace& workspace)
    : block_(2 * network.factor), skip_(network.skip), picture_(picture), out_(out),
      mixed_(workspace.take_some<std::int16_t>(static_cast<std::size_t>(picture.width + 2)) + 1),
      skipped_(workspace.take_some<std::int16_t>(static_cast<std::size_t>(2 * picture.width))) {}

void Output::write(int cell_row, int left, int right, const std::int16_t* const* residual) {
    const int first = cell_row * block_, end = std::min(first + block_, out_.height);
    for (int y = first; y < end; ++y) {
        enlarge_row(y, left, right);
        add(residual[y - first], skipped_, 2 * (right - left), out_.row(y) + 2 * left);
    }
}

void Output::enlarge_row(int y, int left, int right) {
    const std::uint8_t* const here = picture_.row(y / 2);
    const int count = right - left;
    if (skip_ == Skip::nearest) return repeat(here + left, count, skipped_);
    const int other = std::clamp(y / 2 + (y % 2 ? 1 : -1), 0, picture_.height - 1);
    const std::uint8_t* const there = picture_.row(other);
    mix_rows(here + left, there + left, count, mixed_);
    const int before = std::max(left - 1, 0), behind = std::min(right, picture_.width - 1);
    mixed_[-1] = static_cast<std::int16_t>(3 * here[before] + there[before]);
    mixed_[count] = static_cast<std::int16_t>(3 * here[behind] + there[behind]);
    mix_columns(mixed_, count, skipped_);
}

}  // namespace pellucid
