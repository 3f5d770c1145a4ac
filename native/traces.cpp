// Differences of a row at a time into bytes, then counted per place in the block.
#include "traces.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace pellucid {
namespace {

enum Histogram { ACROSS_8 = 0, ACROSS_4 = 1, INSIDE = 2, SECOND = 3 };
constexpr int LAST = BINS - 1;

using Bytes = std::vector<std::uint8_t>;

// One row's histogram by compare and add, a block of bytes at a time, so that it vectorises and
// 8-bit sums cannot overflow.
void count(const std::uint8_t* values, int size, std::array<std::int64_t, BINS>& histogram) {
    constexpr int BLOCK = 255 * 16;
    for (int start = 0; start < size; start += BLOCK) {
        const int many = std::min(BLOCK, size - start);
        std::int64_t above = many;
        for (int bin = 0; bin < LAST; ++bin) {
            std::uint16_t sum = 0;
            for (int x = 0; x < many; ++x) sum += values[start + x] > bin;
            histogram[static_cast<std::size_t>(bin)] += above - sum;
            above = sum;
        }
        histogram[LAST] += above;
    }
}

std::uint8_t clipped(int value) { return static_cast<std::uint8_t>(std::min(std::abs(value), LAST)); }

Histogram place_of(int index) {
    if (index % 8 == 7) return ACROSS_8;
    return index % 8 == 3 ? ACROSS_4 : INSIDE;
}

// Along the rows: sort a row's differences by their place first, so that each is counted whole.
class Rows {
public:
    explicit Rows(int width) : width_(width), places_(3), second_(static_cast<std::size_t>(width)) {
        for (auto& place : places_) place.resize(static_cast<std::size_t>(width));
    }

    void count_row(const std::uint8_t* row, Counts& counts) {
        std::array<int, 3> used = {0, 0, 0};
        for (int x = 0; x + 1 < width_; ++x) {
            const auto place = static_cast<std::size_t>(place_of(x));
            places_[place][static_cast<std::size_t>(used[place]++)] = clipped(row[x + 1] - row[x]);
        }
        for (std::size_t place = 0; place < 3; ++place)
            count(places_[place].data(), used[place], counts[place]);
        for (int x = 0; x + 2 < width_; ++x)
            second_[static_cast<std::size_t>(x)] = clipped(row[x] - 2 * row[x + 1] + row[x + 2]);
        count(second_.data(), std::max(0, width_ - 2), counts[SECOND]);
    }

private:
    int width_;
    std::vector<Bytes> places_;
    Bytes second_;
};

void count_columns(const Plane& plane, Counts& counts) {
    const int width = plane.width;
    Bytes values(static_cast<std::size_t>(width));
    for (int y = 0; y + 1 < plane.height; ++y) {
        const std::uint8_t *row = plane.row(y), *below = plane.row(y + 1);
        for (int x = 0; x < width; ++x) values[static_cast<std::size_t>(x)] = clipped(below[x] - row[x]);
        count(values.data(), width, counts[static_cast<std::size_t>(place_of(y))]);
        if (y + 2 >= plane.height) return;
        const std::uint8_t* next = plane.row(y + 2);
        for (int x = 0; x < width; ++x)
            values[static_cast<std::size_t>(x)] = clipped(row[x] - 2 * below[x] + next[x]);
        count(values.data(), width, counts[SECOND]);
    }
}

}  // namespace

Counts count_traces(const Plane& plane) {
    Counts counts = {};
    Rows rows(plane.width);
    for (int y = 0; y < plane.height; ++y) rows.count_row(plane.row(y), counts);
    count_columns(plane, counts);
    return counts;
}

}  // namespace pellucid
