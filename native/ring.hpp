// The latest rows of one layer's output (or of the input), as the layer that reads them wants them.
#pragma once

#include <cstring>

#include "kernels.hpp"
#include "workspace.hpp"

namespace pellucid {

class Ring {
public:
    Ring(const KernelSet& set, const Packed& reader, int width, Workspace& workspace)
        : set_(set), reader_(reader), width_(width),
          plain_size_(static_cast<std::size_t>(2 * SLACK + (width + 2) * reader.inputs)) {
        row_size_ = set.prepare ? set.prepared_size(reader, width) : plain_size_;
        row_size_ = (row_size_ + 63) / 64 * 64;
        rows_ = workspace.take((ROWS + 1) * row_size_);
        plain_ = set.prepare ? workspace.take(plain_size_) : nullptr;
        clear();
    }

    // Where to write plain row y; then call `finish`.
    std::uint8_t* start(int y) { return pixels(set_.prepare ? plain_ : slot(y)); }

    // For pixels [left, right) of row y. zero_edge: whether the one behind the row's last is zero.
    void finish(int y, int left, int right, bool zero_edge) {
        const auto channels = static_cast<std::size_t>(reader_.inputs);
        std::uint8_t* const plain = start(y);
        if (zero_edge && right == width_) std::memset(plain + width_ * reader_.inputs, 0, channels);
        if (!set_.prepare) return;
        set_.prepare(reader_, plain + left * reader_.inputs, right - left, slot(y) + set_.prepared_at(reader_, left));
    }

    // From pixel x on, a multiple of UNIT.
    const std::uint8_t* row(int y, int x) const { return from(slot(y), x); }
    const std::uint8_t* zero(int x) const { return from(at(ROWS), x); }

private:
    static constexpr int ROWS = 3;  // a 3x3 layer reads the rows above, here and below

    // Zero pixels before each row, and the zero row.
    void clear() {
        if (!set_.prepare) {
            for (int i = 0; i < ROWS; ++i) std::memset(at(i), 0, SLACK + static_cast<std::size_t>(reader_.inputs));
            std::memset(at(ROWS), 0, row_size_);
            return;
        }
        std::memset(plain_, 0, plain_size_);
        set_.prepare(reader_, pixels(plain_), width_, at(ROWS));
    }

    const std::uint8_t* from(std::uint8_t* row, int x) const {
        return set_.prepare ? row + set_.prepared_at(reader_, x) : pixels(row) + x * reader_.inputs;
    }
    std::uint8_t* slot(int y) const { return at((y % ROWS + ROWS) % ROWS); }
    std::uint8_t* at(int index) const { return rows_ + static_cast<std::size_t>(index) * row_size_; }
    std::uint8_t* pixels(std::uint8_t* row) const { return row + SLACK + reader_.inputs; }

    const KernelSet& set_;
    const Packed& reader_;
    int width_;
    std::size_t plain_size_, row_size_;
    std::uint8_t *rows_, *plain_;
};

}  // namespace pellucid
