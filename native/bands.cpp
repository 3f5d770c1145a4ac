// A band asks its last layer for rows; each layer asks the one before for the rows it needs and
// keeps the latest three. So the features of a whole frame never exist: a ring of three rows a
// layer stays in the cache, and what bands share at their seams is computed by both.
//
// Of a row only spans are made: those that the mask asks for, wider by what the layers behind look
// beyond them. A span's rim is wrong, as what lies beyond it is left over from other rows, but a
// layer carries the error only one column inwards, so that it never reaches what was asked for.
#include "bands.hpp"

#include <algorithm>

#include "output.hpp"
#include "ring.hpp"

namespace pellucid {
namespace {

constexpr int MOST_ROWS = 4;  // of finished pixels to a cell

// One layer's input: what it needs, and where it is.
struct Stage {
    Mask needed;  // rows as they are needed; columns before they are widened
    int wider;    // by how many units
    int next;     // the row it makes next
    Ring ring;
};

class Run {
public:
    Run(const Enlarger& enlarger, const Plane& picture, const MutablePlane& out, const Mask& mask, int top)
        : network_(enlarger.network()), set_(enlarger.kernels()), layers_(enlarger.layers()), mask_(mask),
          picture_(picture), factor_(network_.factor),
          height_((picture.height + factor_ - 1) / factor_), width_((picture.width + factor_ - 1) / factor_),
          output_(network_, picture, out, restarted()) {
        add_stages(top);
        const auto pitch = static_cast<std::size_t>(2 * factor_ * width_) + SLACK / sizeof(std::int16_t);
        for (int a = 0; a < 2 * factor_; ++a) residual_[a] = Workspace::here().take_some<std::int16_t>(pitch);
    }

    void make(int top, int bottom) {
        for (int y = top; y < bottom; ++y) {
            mask_.spans(y, 0, spans_);
            if (spans_.empty()) continue;
            const std::size_t last = layers_.size() - 1;
            reach_inputs(last, y);
            mask_.spans(y, 0, spans_);
            for (const Span& span : spans_) finish(last, y, span);
        }
    }

private:
    static Workspace& restarted() {
        Workspace::here().restart();
        return Workspace::here();
    }

    // From the last layer back: each needs as many rows and columns more as it looks beyond.
    void add_stages(int top) {
        std::vector<Mask> needed(layers_.size() + 1, mask_);
        for (std::size_t layer = layers_.size(); layer-- > 0;)
            needed[layer] = needed[layer + 1].taller(network_.layers[layer].margin());
        int margin = network_.reach();
        for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
            const int first = layer == 0 ? top - margin : std::max(top - margin, 0);
            stages_.push_back({std::move(needed[layer]), (margin + UNIT - 1) / UNIT, first,
                               Ring(set_, layers_[layer].view(), width_, Workspace::here())});
            margin -= network_.layers[layer].margin();
        }
    }

    void finish(std::size_t last, int y, const Span& span) {
        std::int16_t* residual[MOST_ROWS];
        for (int a = 0; a < 2 * factor_; ++a) residual[a] = residual_[a] + 2 * factor_ * span.left;
        set_.last(layers_[last].view(), rows_around(last, y, span.left), span.right - span.left, residual);
        output_.write(y, span.left * factor_, std::min(span.right * factor_, picture_.width), residual);
    }

    // Makes what `layer` reads for row y.
    void reach_inputs(std::size_t layer, int y) { produce(layer, y + network_.layers[layer].margin()); }

    Rows rows_around(std::size_t layer, int y, int x) const {
        const int margin = network_.layers[layer].margin();
        return {row(layer, y - margin, x), row(layer, y, x), row(layer, y + margin, x)};
    }

    // Makes stage `stage` (0 is the input, n the output of layer n - 1) reach row `until`.
    void produce(std::size_t stage, int until) {
        if (stage > 0) until = std::min(until, height_ - 1);
        for (; stages_[stage].next <= until; ++stages_[stage].next) {
            const int y = stages_[stage].next;
            if (stage > 0) reach_inputs(stage - 1, y);
            needed(stage, y, spans_);
            if (stage == 0 && !spans_.empty()) load_input(y, stages_[0].ring.start(y));
            for (const Span& span : spans_) make_span(stage, y, span);
        }
    }

    void make_span(std::size_t stage, int y, const Span& span) {
        Ring& ring = stages_[stage].ring;
        if (stage > 0) {
            const Packed& layer = layers_[stage - 1].view();
            set_.hidden(layer, rows_around(stage - 1, y, span.left), span.right - span.left,
                        ring.start(y) + span.left * layer.outputs);
        }
        ring.finish(y, span.left, span.right, stage > 0);
    }

    // The input's rows go on beyond the picture as its first and last.
    void needed(std::size_t stage, int y, std::vector<Span>& spans) const {
        stages_[stage].needed.spans(std::clamp(y, 0, height_ - 1), stages_[stage].wider, spans);
    }

    const std::uint8_t* row(std::size_t stage, int y, int x) const {
        const bool beyond = stage > 0 && (y < 0 || y >= height_);
        return beyond ? stages_[stage].ring.zero(x) : stages_[stage].ring.row(y, x);
    }

    // Point 1: row y of the continued picture as features, one cell wider on either side.
    void load_input(int y, std::uint8_t* to) const {
        const int channels = factor_ * factor_;
        for (int a = 0; a < factor_; ++a) {
            const std::uint8_t* from = picture_.row(std::clamp(y * factor_ + a, 0, picture_.height - 1));
            for (int x = -1; x <= width_; ++x)
                for (int b = 0; b < factor_; ++b)
                    to[x * channels + a * factor_ + b] =
                        from[std::clamp(x * factor_ + b, 0, picture_.width - 1)];
        }
    }

    const Network& network_;
    const KernelSet& set_;
    const std::vector<PackedLayer>& layers_;
    const Mask& mask_;
    Plane picture_;
    int factor_, height_, width_;  // height and width of the feature grid
    Output output_;
    std::vector<Stage> stages_;
    std::vector<Span> spans_;
    std::int16_t* residual_[MOST_ROWS];
};

}  // namespace

Enlarger::Enlarger(Network network, const std::string& kernels)
    : network_(std::move(network)), kernels_(kernel_set(kernels)) {
    network_.check();
    for (const Layer& layer : network_.layers) layers_.emplace_back(kernels_, layer);
}

void Enlarger::enlarge(const Plane& picture, const MutablePlane& out, const Mask& mask, int top, int bottom) const {
    Run(*this, picture, out, mask, top).make(top, bottom);
}

Mask all_cells(const Network& network, const Plane& picture) {
    const int s = network.factor;
    return {(picture.height + s - 1) / s, (picture.width + s - 1) / s, true};
}

}  // namespace pellucid
