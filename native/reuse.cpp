// Tiles are compared, runs of changed ones become windows, and windows are joined while that is
// cheaper than what they compute around themselves.
#include "reuse.hpp"

#include <algorithm>
#include <cstring>

namespace pellucid {
namespace {

constexpr int TILE = 8;

// A grid of flags, one a tile.
struct Tiles {
    int rows, columns;
    std::vector<char> changed;

    char& at(int row, int column) { return changed[static_cast<std::size_t>(row * columns + column)]; }
    bool get(int row, int column) const {
        const bool inside = row >= 0 && column >= 0 && row < rows && column < columns;
        return inside && changed[static_cast<std::size_t>(row * columns + column)];
    }
};

Tiles compare(const Plane& before, const Plane& now) {
    Tiles tiles{(now.height + TILE - 1) / TILE, (now.width + TILE - 1) / TILE, {}};
    tiles.changed.assign(static_cast<std::size_t>(tiles.rows * tiles.columns), 0);
    for (int y = 0; y < now.height; ++y)
        for (int column = 0; column < tiles.columns; ++column) {
            const int x = column * TILE, size = std::min(TILE, now.width - x);
            if (std::memcmp(before.row(y) + x, now.row(y) + x, static_cast<std::size_t>(size)))
                tiles.at(y / TILE, column) = 1;
        }
    return tiles;
}

// Tiles with a changed one within `reach` tiles.
Tiles grown(const Tiles& tiles, int reach) {
    Tiles all = tiles;
    for (int row = 0; row < tiles.rows; ++row)
        for (int column = 0; column < tiles.columns; ++column)
            for (int y = row - reach; y <= row + reach; ++y)
                for (int x = column - reach; x <= column + reach; ++x)
                    if (tiles.get(y, x)) all.at(row, column) = 1;
    return all;
}

// Of computing a window: all columns around it, and on average half of the rows.
long cost(const Window& w, int reach) {
    return static_cast<long>(w.bottom - w.top + reach) * (w.right - w.left + 2 * reach);
}

bool overlap(const Window& a, const Window& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

Window joined(const Window& a, const Window& b) {
    return {std::min(a.top, b.top), std::min(a.left, b.left), std::max(a.bottom, b.bottom), std::max(a.right, b.right)};
}

class Windows {
public:
    explicit Windows(int reach) : reach_(reach) {}

    // Takes a window in, or joins it to the one with which that saves most, and that to others.
    void add(Window window) {
        for (;;) {
            std::size_t best = all_.size();
            long saved = -1;
            for (std::size_t i = 0; i < all_.size(); ++i) {
                const Window both = joined(all_[i], window);
                const long saving = cost(all_[i], reach_) + cost(window, reach_) - cost(both, reach_);
                if (saving > saved && alone(both, i)) saved = saving, best = i;
            }
            if (best == all_.size()) break;
            window = joined(all_[best], window);
            all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(best));
        }
        all_.push_back(window);
    }

    const std::vector<Window>& all() const { return all_; }

private:
    bool alone(const Window& window, std::size_t but) const {
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (i != but && overlap(all_[i], window)) return false;
        return true;
    }

    int reach_;
    std::vector<Window> all_;
};

}  // namespace

std::vector<Window> changed_windows(const Plane& before, const Plane& now, int reach) {
    const Tiles tiles = grown(compare(before, now), (reach + TILE - 1) / TILE);
    Windows windows(reach);
    for (int row = 0; row < tiles.rows; ++row)
        for (int column = 0; column < tiles.columns; ++column) {
            if (!tiles.get(row, column)) continue;
            const int first = column;
            while (tiles.get(row, column)) ++column;
            windows.add({row * TILE, first * TILE, std::min((row + 1) * TILE, now.height),
                         std::min(column * TILE, now.width)});
        }
    const Window whole{0, 0, now.height, now.width};
    long sum = 0;
    for (const Window& window : windows.all()) sum += cost(window, reach);
    return sum < cost(whole, reach) ? windows.all() : std::vector<Window>{whole};
}

}  // namespace pellucid
