// A window asks its last layer for rows; each layer asks the one before for the rows it needs and
// keeps the latest three. So the features of a whole frame never exist: a ring of three rows a
// layer stays in the cache, and what windows share at their seams is computed by both.
//
// A window narrower than the picture computes one more column a layer on each side. What lies
// beyond those is taken as the picture's edge, which is wrong, but a layer carries the error only
// one column inwards, so that it never reaches the window itself.
#include "bands.hpp"

#include <algorithm>

#include "output.hpp"
#include "ring.hpp"

namespace pellucid {
namespace {

constexpr int MOST_ROWS = 4;  // of finished pixels to a cell

int margin_of(const Network& network) {
    int margin = 0;
    for (const Layer& layer : network.layers) margin += layer.margin();
    return margin;
}

class Run {
public:
    Run(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out, const Window& window)
        : network_(enlarger.network()), set_(enlarger.kernels()), layers_(enlarger.layers()),
          picture_(picture), factor_(network_.factor),
          height_((picture.height + factor_ - 1) / factor_),
          left_(std::max(window.left - margin_of(network_), 0)),
          right_(std::min(window.right + margin_of(network_), (picture.width + factor_ - 1) / factor_)),
          inside_(window.left - left_),
          output_(network_, picture, out, window.left * factor_,
                  std::min(window.right * factor_, picture.width), restarted()) {
        find_first_rows(window.top);
        Workspace& workspace = Workspace::here();
        for (const PackedLayer& layer : layers_) rings_.emplace_back(set_, layer.view(), width(), workspace);
        const auto pitch = static_cast<std::size_t>(2 * factor_ * width()) + SLACK / sizeof(std::int16_t);
        for (int a = 0; a < 2 * factor_; ++a) residual_[a] = workspace.take_some<std::int16_t>(pitch);
    }

    void make(int top, int bottom) {
        const std::size_t last = layers_.size() - 1;
        const std::int16_t* finished[MOST_ROWS];
        for (int a = 0; a < 2 * factor_; ++a) finished[a] = residual_[a] + 2 * factor_ * inside_;
        for (int y = top; y < bottom; ++y) {
            set_.last(layers_[last].view(), inputs_of(last, y), width(), residual_);
            output_.write(y, finished);
        }
    }

private:
    static Workspace& restarted() {
        Workspace::here().restart();
        return Workspace::here();
    }

    int width() const { return right_ - left_; }

    // The first row needed of each stage, from the last one back.
    void find_first_rows(int top) {
        next_.assign(layers_.size(), 0);
        for (std::size_t layer = layers_.size(); layer-- > 0;) {
            top -= network_.layers[layer].margin();
            next_[layer] = layer == 0 ? top : std::max(top, 0);
        }
    }

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
            Ring& ring = rings_[stage];
            if (stage == 0) {
                load_input(y, ring.start(y));
            } else {
                const Rows rows = inputs_of(stage - 1, y);
                set_.hidden(layers_[stage - 1].view(), rows, width(), ring.start(y));
            }
            ring.finish(y, stage > 0);
        }
    }

    const std::uint8_t* row(std::size_t stage, int y) const {
        const bool beyond = stage > 0 && (y < 0 || y >= height_);
        return beyond ? rings_[stage].zero() : rings_[stage].row(y);
    }

    // Point 1: row y of the continued picture as features, one cell wider on either side.
    void load_input(int y, std::uint8_t* to) const {
        const int channels = factor_ * factor_;
        for (int a = 0; a < factor_; ++a) {
            const std::uint8_t* from = picture_.row(std::clamp(y * factor_ + a, 0, picture_.height - 1));
            for (int x = -1; x <= width(); ++x)
                for (int b = 0; b < factor_; ++b)
                    to[x * channels + a * factor_ + b] =
                        from[std::clamp((left_ + x) * factor_ + b, 0, picture_.width - 1)];
        }
    }

    const Network& network_;
    const KernelSet& set_;
    const std::vector<PackedLayer>& layers_;
    Plane picture_;
    int factor_;
    int height_;                // of the feature grid
    int left_, right_, inside_;  // columns computed, and where among them the window begins
    Output output_;
    std::vector<int> next_;    // per stage: the row it makes next
    std::vector<Ring> rings_;  // per stage
    std::int16_t* residual_[MOST_ROWS];
};

}  // namespace

Enlarger::Enlarger(Network network, const std::string& kernels)
    : network_(std::move(network)), kernels_(kernel_set(kernels)) {
    network_.check();
    for (const Layer& layer : network_.layers) layers_.emplace_back(kernels_, layer);
}

void Enlarger::enlarge(const Plane& picture, const MutablePlane& out, const Window& window) const {
    Run(*this, picture, out, window).make(window.top, window.bottom);
}

Window in_cells(const Window& pixels, const Network& network) {
    const int s = network.factor;
    return {pixels.top / s, pixels.left / s, (pixels.bottom + s - 1) / s, (pixels.right + s - 1) / s};
}

Window all_cells(const Network& network, const Plane& picture) {
    return in_cells({0, 0, picture.height, picture.width}, network);
}

}  // namespace pellucid
