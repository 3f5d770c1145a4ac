// A band asks its last layer for rows; each layer asks the one before for the rows it needs and
// keeps the latest three. So the features of a whole frame never exist: a ring of three rows a
// layer stays in the cache, and what bands share at their seams is computed by both.
#include "bands.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace pellucid {
namespace {

constexpr int RING = 3;  // a 3x3 layer reads the rows above, here and below

// The last rows of one layer's output (or of the input), with a zero row for beyond the picture.
class Ring {
public:
    Ring(int width, int channels)
        : pixel_(channels), pitch_((width + 2) * channels),
          bytes_(static_cast<std::size_t>(pitch_) * (RING + 1), 0) {}

    std::uint8_t* row(int y) { return at((y % RING + RING) % RING); }
    std::uint8_t* zero() { return at(RING); }

private:
    std::uint8_t* at(int slot) { return bytes_.data() + slot * pitch_ + pixel_; }

    int pixel_, pitch_;
    std::vector<std::uint8_t> bytes_;
};

// Point 5: adds the enlarged picture to the residuals and writes finished pixels.
class Output {
public:
    Output(const Network& network, const Plane& picture, const MutablePlane& out)
        : block_(2 * network.factor), skip_(network.skip), picture_(picture), out_(out),
          mixed_(static_cast<std::size_t>(picture.width)),
          skipped_(static_cast<std::size_t>(2 * picture.width)) {}

    // residual: one grid row, [cell][(2s)^2].
    void write(int cell_row, const std::int16_t* residual) {
        const int first = cell_row * block_;
        const int end = std::min(first + block_, out_.height);
        for (int y = first; y < end; ++y) {
            enlarge_row(y);
            add_row(residual + (y - first) * block_, out_.row(y));
        }
    }

private:
    void enlarge_row(int y) {
        const std::uint8_t* here = picture_.row(y / 2);
        const int width = picture_.width;
        if (skip_ == Skip::nearest) {
            for (int x = 0; x < 2 * width; ++x) skipped_[x] = static_cast<std::int16_t>(16 * here[x / 2]);
            return;
        }
        const int other = std::clamp(y / 2 + (y % 2 ? 1 : -1), 0, picture_.height - 1);
        const std::uint8_t* there = picture_.row(other);
        for (int x = 0; x < width; ++x) mixed_[x] = static_cast<std::int16_t>(3 * here[x] + there[x]);
        for (int x = 0; x < width; ++x) {
            const int left = mixed_[std::max(x - 1, 0)], right = mixed_[std::min(x + 1, width - 1)];
            skipped_[2 * x] = static_cast<std::int16_t>(3 * mixed_[x] + left);
            skipped_[2 * x + 1] = static_cast<std::int16_t>(3 * mixed_[x] + right);
        }
    }

    void add_row(const std::int16_t* residual, std::uint8_t* to) const {
        const int cell = block_ * block_;
        for (int x = 0; x < out_.width; ++x) {
            const int q = residual[x / block_ * cell + x % block_];
            to[x] = static_cast<std::uint8_t>(std::clamp((q + skipped_[x] + 8) >> 4, 0, 255));
        }
    }

    int block_;
    Skip skip_;
    Plane picture_;
    MutablePlane out_;
    std::vector<std::int16_t> mixed_, skipped_;
};

// Rows [first, end) of the feature grid, from picture to finished pixels.
class Band {
public:
    Band(const Network& network, const std::vector<std::unique_ptr<RowKernel>>& kernels,
         const Plane& picture, const MutablePlane& out, int first)
        : network_(network), kernels_(kernels), picture_(picture), output_(network, picture, out),
          height_((picture.height + network.factor - 1) / network.factor),
          width_((picture.width + network.factor - 1) / network.factor),
          residual_(static_cast<std::size_t>(width_ * network.layers.back().outputs)) {
        int start = first;  // the first row needed of each stage, found from the last one back
        next_.assign(network.layers.size(), 0);
        for (std::size_t layer = network.layers.size(); layer-- > 0;) {
            start -= network.layers[layer].margin();
            next_[layer] = layer == 0 ? start : std::max(start, 0);
        }
        rings_.emplace_back(width_, network.factor * network.factor);
        for (std::size_t layer = 0; layer + 1 < network.layers.size(); ++layer)
            rings_.emplace_back(width_, network.layers[layer].outputs);
    }

    void run(int first, int end) {
        const std::size_t last = network_.layers.size() - 1;
        for (int y = first; y < end; ++y) {
            const Rows rows = inputs_of(last, y);
            kernels_[last]->last(rows.above, rows.here, rows.below, width_, residual_.data());
            output_.write(y, residual_.data());
        }
    }

private:
    struct Rows {
        const std::uint8_t *above, *here, *below;
    };

    // The input rows of `layer` around y, computed first where they are missing.
    Rows inputs_of(std::size_t layer, int y) {
        const int margin = network_.layers[layer].margin();
        produce(layer, y + margin);
        return {row(layer, y - margin), row(layer, y), row(layer, y + margin)};
    }

    // Makes stage `stage` (0 is the input, n the output of layer n - 1) reach row `until`.
    void produce(std::size_t stage, int until) {
        if (stage > 0) until = std::min(until, height_ - 1);
        for (int& y = next_[stage]; y <= until; ++y) {
            if (stage == 0) {
                load_input(y);
            } else {
                const Rows rows = inputs_of(stage - 1, y);
                kernels_[stage - 1]->hidden(rows.above, rows.here, rows.below, width_,
                                            rings_[stage].row(y));
            }
        }
    }

    const std::uint8_t* row(std::size_t stage, int y) {
        const bool beyond = stage > 0 && (y < 0 || y >= height_);
        return beyond ? rings_[stage].zero() : rings_[stage].row(y);
    }

    // Point 1: row y of the continued picture as features, one cell wider on either side.
    void load_input(int y) {
        const int s = network_.factor, channels = s * s;
        std::uint8_t* to = rings_[0].row(y);
        for (int a = 0; a < s; ++a) {
            const std::uint8_t* from = picture_.row(std::clamp(y * s + a, 0, picture_.height - 1));
            for (int x = -1; x <= width_; ++x)
                for (int b = 0; b < s; ++b)
                    to[x * channels + a * s + b] =
                        from[std::clamp(x * s + b, 0, picture_.width - 1)];
        }
    }

    const Network& network_;
    const std::vector<std::unique_ptr<RowKernel>>& kernels_;
    Plane picture_;
    Output output_;
    int height_, width_;  // of the feature grid
    std::vector<int> next_;     // per stage: the row it makes next
    std::vector<Ring> rings_;   // per stage
    std::vector<std::int16_t> residual_;
};

// Calls work(0) to work(count - 1) on threads of their own as far as there are any to be had, the
// rest here; what one of them throws is thrown here after all have ended.
template <class Work>
void run_side_by_side(int count, const Work& work) {
    std::exception_ptr failure;
    std::mutex guard;
    const auto guarded = [&](int index) {
        try {
            work(index);
        } catch (...) {
            const std::lock_guard lock(guard);
            failure = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(count));
    int next = 1;
    try {
        for (; next < count; ++next) others.emplace_back(guarded, next);
    } catch (const std::system_error&) {
        // No more threads: from `next` on it is our own work.
    }
    guarded(0);
    for (; next < count; ++next) guarded(next);
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

Enlarger::Enlarger(Network network) : network_(std::move(network)) {
    network_.check();
    for (const Layer& layer : network_.layers) kernels_.push_back(portable_kernel(layer));
}

void Enlarger::enlarge(const Plane& picture, const MutablePlane& out, int threads) const {
    const int rows = (picture.height + network_.factor - 1) / network_.factor;
    const int bands = std::clamp(threads, 1, rows);
    const auto work = [&](int band) {
        const int first = rows * band / bands, end = rows * (band + 1) / bands;
        Band(network_, kernels_, picture, out, first).run(first, end);
    };
    run_side_by_side(bands, work);
}

}  // namespace pellucid
