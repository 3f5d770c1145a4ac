// One row doubled across at a time, then four of those summed down.
#include "chroma.hpp"

#include <algorithm>
#include <array>

#include "workspace.hpp"

namespace pellucid {
namespace {

using Weights = std::array<std::array<std::int16_t, 4>, 2>;  // of output 2n, of output 2n + 1

constexpr Weights CENTERED = {{{-3, 29, 111, -9}, {-9, 111, 29, -3}}};
constexpr Weights COSITED = {{{-1, 12, 123, -6}, {-9, 93, 50, -6}}};
constexpr int REACH = 2;  // samples that an output looks at beyond its own, either way

const Weights& weights_of(Phase phase) { return phase == Phase::centered ? CENTERED : COSITED; }

// A row doubled in width, in halves of 1/128 (fits int16). row has REACH samples before and behind.
void across(const std::uint8_t* __restrict row, int width, const Weights& weights, std::int16_t* __restrict out) {
    const auto [a, b] = weights;
    for (int x = 0; x < width; ++x) {
        const std::uint8_t* at = row + x;
        out[2 * x] = static_cast<std::int16_t>(
            (a[0] * at[-2] + a[1] * at[-1] + a[2] * at[0] + a[3] * at[1] + 1) >> 1);
        out[2 * x + 1] = static_cast<std::int16_t>(
            (b[0] * at[-1] + b[1] * at[0] + b[2] * at[1] + b[3] * at[2] + 1) >> 1);
    }
}

void down(const std::int16_t* const (&rows)[4], const std::array<std::int16_t, 4>& w, int count,
          std::uint8_t* __restrict out) {
    const std::int16_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    for (int x = 0; x < count; ++x) {
        const int sum = (w[0] * a[x] + w[1] * b[x] + w[2] * c[x] + w[3] * d[x] + 4096) >> 13;
        out[x] = static_cast<std::uint8_t>(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}

// Doubled rows, each made once: the latest four.
class Doubled {
public:
    Doubled(const Plane& plane, Phase horizontal, Workspace& workspace)
        : plane_(plane), weights_(weights_of(horizontal)),
          padded_(workspace.take(static_cast<std::size_t>(plane.width + 2 * REACH)) + REACH) {
        for (auto& row : rows_) row = workspace.take_some<std::int16_t>(static_cast<std::size_t>(2 * plane.width));
    }

    const std::int16_t* row(int y) {
        y = std::clamp(y, 0, plane_.height - 1);
        const auto place = static_cast<std::size_t>(y % ROWS);
        if (made_[place] != y) make(y, rows_[place]);
        made_[place] = y;
        return rows_[place];
    }

private:
    static constexpr int ROWS = 4;

    void make(int y, std::int16_t* out) {
        std::copy_n(plane_.row(y), plane_.width, padded_);
        for (int k = 1; k <= REACH; ++k) {
            padded_[-k] = padded_[0];
            padded_[plane_.width - 1 + k] = padded_[plane_.width - 1];
        }
        across(padded_, plane_.width, weights_, out);
    }

    Plane plane_;
    const Weights& weights_;
    std::uint8_t* padded_;
    std::array<std::int16_t*, ROWS> rows_;
    std::array<int, ROWS> made_ = {-1, -1, -1, -1};
};

}  // namespace

void enlarge_chroma(const Colour& colour, int top, int bottom) {
    Workspace& workspace = Workspace::here();
    workspace.restart();
    Doubled doubled(colour.plane, colour.horizontal, workspace);
    const Weights& weights = weights_of(colour.vertical);
    for (int y = top; y < bottom; ++y) {
        const int first = y / 2 - 2 + y % 2;
        const std::int16_t* const rows[4] = {doubled.row(first), doubled.row(first + 1),
                                             doubled.row(first + 2), doubled.row(first + 3)};
        down(rows, weights[static_cast<std::size_t>(y % 2)], colour.out.width, colour.out.row(y));
    }
}

}  // namespace pellucid
