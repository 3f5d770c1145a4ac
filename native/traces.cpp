// Differences of a row at a time into bytes, then counted by compare and add, sixteen side by side:
// a lane always has the same place in its block, so lanes are told apart only at the end.
#include "traces.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "workspace.hpp"

namespace pellucid {
namespace {

enum Histogram { ACROSS_8 = 0, ACROSS_4 = 1, INSIDE = 2, SECOND = 3 };
constexpr int LAST = BINS - 1, LANES = 16;
constexpr int LONGEST = 255;  // additions that a byte holds

Histogram place_of(int index) {
    if (index % 8 == 7) return ACROSS_8;
    return index % 8 == 3 ? ACROSS_4 : INSIDE;
}

// Values above 0, above 1, ... above LAST - 1, by lane.
using Above = std::array<std::array<std::int64_t, LANES>, LAST>;

#ifdef __GNUC__
using Lanes = std::int8_t __attribute__((vector_size(LANES)));

// One at a time the compiler would not see that these are sixteen additions in one.
void count_above(const std::uint8_t* values, int chunks, Above& above) {
    Lanes counts[LAST] = {};
    for (int chunk = 0; chunk < chunks; ++chunk) {
        Lanes seen;
        std::memcpy(&seen, values + chunk * LANES, LANES);
#pragma GCC unroll 8
        for (int bin = 0; bin < LAST; ++bin) counts[bin] -= seen > static_cast<std::int8_t>(bin);
    }
    for (std::size_t bin = 0; bin < LAST; ++bin)
        for (std::size_t lane = 0; lane < LANES; ++lane)
            above[bin][lane] += static_cast<std::uint8_t>(counts[bin][lane]);
}
#else
void count_above(const std::uint8_t* values, int chunks, Above& above) {
    for (int x = 0; x < chunks * LANES; ++x)
        for (int bin = 0; bin < values[x]; ++bin)
            ++above[static_cast<std::size_t>(bin)][static_cast<std::size_t>(x % LANES)];
}
#endif

// A line of values, padded with room to whole chunks.
class Line {
public:
    explicit Line(int longest) : values_(Workspace::here().take(static_cast<std::size_t>(longest + LANES))) {}

    std::uint8_t* data() { return values_; }

    // Adds the first `size` values by their lane.
    void count(int size, Above& above) {
        const int chunks = (size + LANES - 1) / LANES;
        std::fill(values_ + size, values_ + chunks * LANES, 0);  // above nothing
        for (int start = 0; start < chunks; start += LONGEST)
            count_above(values_ + start * LANES, std::min(LONGEST, chunks - start), above);
    }

private:
    std::uint8_t* values_;
};

std::uint8_t clipped(int value) { return static_cast<std::uint8_t>(std::min(std::abs(value), LAST)); }

void first(const std::uint8_t* __restrict a, const std::uint8_t* __restrict b, int size, std::uint8_t* __restrict out) {
    for (int x = 0; x < size; ++x) out[x] = clipped(b[x] - a[x]);
}

void second(const std::uint8_t* __restrict a, const std::uint8_t* __restrict b, const std::uint8_t* __restrict c,
            int size, std::uint8_t* __restrict out) {
    for (int x = 0; x < size; ++x) out[x] = clipped(a[x] - 2 * b[x] + c[x]);
}

// Values by place: `total` of them in each histogram, and how many lie above each bin.
struct Tally {
    std::array<std::int64_t, HISTOGRAMS> total = {};
    std::array<std::array<std::int64_t, LAST>, HISTOGRAMS> above = {};

    template <class Place>
    void add(const Above& lanes, const Place& place) {
        for (std::size_t bin = 0; bin < LAST; ++bin)
            for (int lane = 0; lane < LANES; ++lane) above[place(lane)][bin] += lanes[bin][static_cast<std::size_t>(lane)];
    }

    Counts counts() const {
        Counts counts = {};
        for (std::size_t h = 0; h < HISTOGRAMS; ++h) {
            std::int64_t left = total[h];
            for (std::size_t bin = 0; bin < LAST; ++bin) {
                counts[h][bin] = left - above[h][bin];
                left = above[h][bin];
            }
            counts[h][LAST] = left;
        }
        return counts;
    }
};

void count_rows(const Plane& plane, Line& line, Tally& tally) {
    const int width = plane.width;
    Above firsts = {}, seconds = {};
    for (int y = 0; y < plane.height; ++y) {
        const std::uint8_t* row = plane.row(y);
        first(row, row + 1, width - 1, line.data());
        line.count(width - 1, firsts);
        second(row, row + 1, row + 2, width - 2, line.data());
        line.count(std::max(0, width - 2), seconds);
    }
    for (int x = 0; x + 1 < width; ++x) tally.total[place_of(x)] += plane.height;
    tally.total[SECOND] += std::int64_t{plane.height} * std::max(0, width - 2);
    tally.add(firsts, place_of);
    tally.add(seconds, [](int) { return SECOND; });
}

void count_columns(const Plane& plane, Line& line, Tally& tally) {
    const int width = plane.width;
    for (int y = 0; y + 1 < plane.height; ++y) {
        const Histogram place = place_of(y);
        Above firsts = {}, seconds = {};
        first(plane.row(y), plane.row(y + 1), width, line.data());
        line.count(width, firsts);
        tally.total[place] += width;
        tally.add(firsts, [place](int) { return place; });
        if (y + 2 >= plane.height) return;
        second(plane.row(y), plane.row(y + 1), plane.row(y + 2), width, line.data());
        line.count(width, seconds);
        tally.total[SECOND] += width;
        tally.add(seconds, [](int) { return SECOND; });
    }
}

}  // namespace

Counts count_traces(const Plane& plane) {
    Workspace::here().restart();
    Line line(plane.width);
    Tally tally;
    count_rows(plane, line, tally);
    count_columns(plane, line, tally);
    return tally.counts();
}

}  // namespace pellucid
