// What Python sees: the enlarger of a network, chroma, the traces of coding, and how a sound goes on. Shapes are
// checked here, once.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <stdexcept>

#include "bands.hpp"
#include "frame.hpp"
#include "prediction.hpp"
#include "traces.hpp"

namespace nb = nanobind;
using namespace pellucid;

namespace {

using Input = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::device::cpu>;
using Output = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::device::cpu>;
template <class T, std::size_t N>
using Tensor = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;

constexpr std::size_t LARGEST_SIDE = 1 << 14;  // of an input; all indices then fit int

template <class Array>
void check_plane(const Array& array, std::size_t largest) {
    if (array.stride(1) != 1) throw std::invalid_argument("plane: expected touching columns");
    for (std::size_t side : {array.shape(0), array.shape(1)})
        if (side < 1 || side > largest) throw std::invalid_argument("plane: too small or too large");
}

Plane view(const Input& array) {
    check_plane(array, LARGEST_SIDE);
    return {array.data(), static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1)),
            array.stride(0)};
}

MutablePlane view(const Output& array) {
    check_plane(array, 2 * LARGEST_SIDE);
    return {array.data(), static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1)),
            array.stride(0)};
}

template <class Array>
auto copy(const Array& array) {
    using Value = std::remove_const_t<typename Array::Scalar>;
    return std::vector<Value>(array.data(), array.data() + array.size());
}

Layer make_layer(const Tensor<std::int8_t, 4>& weight, const Tensor<std::int32_t, 1>& bias,
                 const Tensor<std::int16_t, 1>& multiplier, int shift) {
    if (weight.shape(0) > 128 || weight.shape(1) > 128 || weight.shape(2) != weight.shape(3))
        throw std::invalid_argument("weight: expected (O, C, k, k), at most 128 channels");
    return {static_cast<int>(weight.shape(1)), static_cast<int>(weight.shape(0)),
            static_cast<int>(weight.shape(2)), shift, copy(weight), copy(bias), copy(multiplier)};
}

Enlarger make_enlarger(std::vector<Layer> layers, int factor, const std::string& skip,
                       const std::string& kernels) {
    if (skip != "nearest" && skip != "bilinear") throw std::invalid_argument("skip: unknown");
    const Skip kind = skip == "nearest" ? Skip::nearest : Skip::bilinear;
    return Enlarger({std::move(layers), factor, kind}, kernels);
}

Phase phase_of(const std::string& name) {
    if (name == "centered") return Phase::centered;
    if (name == "cosited") return Phase::cosited;
    throw std::invalid_argument("phase: expected centered or cosited");
}

Colour make_colour(const Input& plane, const Output& out, const std::string& vertical,
                   const std::string& horizontal) {
    const Colour colour{view(plane), view(out), phase_of(vertical), phase_of(horizontal)};
    if (colour.out.height > 2 * colour.plane.height || colour.out.width > 2 * colour.plane.width)
        throw std::invalid_argument("out: expected at most twice the plane's size");
    return colour;
}

using Flags = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

Mask mask_of(const std::optional<Flags>& flags, const Network& network, const Plane& picture) {
    Mask mask = all_cells(network, picture);
    if (!flags) return mask;
    if (flags->shape(0) != static_cast<std::size_t>(mask.height()) ||
        flags->shape(1) != static_cast<std::size_t>(mask.units()))
        throw std::invalid_argument("mask: expected a flag for every 4 cells of every row");
    std::transform(flags->data(), flags->data() + flags->size(), mask.row(0), [](auto flag) { return flag != 0; });
    return mask;
}

void enlarge(const Enlarger& enlarger, const Input& picture, const Output& out, const std::optional<Flags>& flags,
             const std::vector<Colour>& colours, int threads) {
    const Plane from = view(picture);
    const MutablePlane to = view(out);
    if (to.height != 2 * from.height || to.width != 2 * from.width)
        throw std::invalid_argument("out: expected twice the picture's size");
    const Mask mask = mask_of(flags, enlarger.network(), from);
    nb::gil_scoped_release release;
    enlarge_frame(enlarger, from, to, mask, colours, std::clamp(threads, 1, 1 << 10));
}

void chroma(const Colour& colour) {
    nb::gil_scoped_release release;
    enlarge_chroma(colour, 0, colour.out.height);
}

void changed_cells(const Enlarger& enlarger, const Input& before, const Input& now, const Flags& flags) {
    const Plane old = view(before), latest = view(now);
    if (old.height != latest.height || old.width != latest.width)
        throw std::invalid_argument("before: expected the size of now");
    const Network& network = enlarger.network();
    // The skip looks one pixel around itself, whatever the layers do.
    const Mask mask = changed(old, latest, network.factor, std::max(network.reach(), 1));
    mask_of(flags, network, latest);
    std::copy(mask.row(0), mask.row(0) + flags.size(), flags.data());
}

std::vector<std::string> kernels(bool every) {
    std::vector<std::string> names;
    for (const KernelSet* set : kernel_sets())
        if (every || set->runs_here()) names.push_back(set->name);
    return names;
}

long burn(const std::string& name, long rounds) {
    const KernelSet& set = kernel_set(name);
    nb::gil_scoped_release release;
    return set.burn ? set.burn(rounds) : 0;
}

void traces(const Input& plane, const nb::ndarray<std::int64_t, nb::ndim<2>, nb::c_contig>& out) {
    if (out.shape(0) != HISTOGRAMS || out.shape(1) != BINS)
        throw std::invalid_argument("out: expected (4, 9)");
    const Plane from = view(plane);
    nb::gil_scoped_release release;
    const Counts counts = count_traces(from);
    for (std::size_t row = 0; row < HISTOGRAMS; ++row)
        std::copy(counts[row].begin(), counts[row].end(), out.data() + row * BINS);
}

Prediction make_prediction(const Tensor<float, 1>& history, std::size_t order) {
    if (history.size() < 2 || order < 1 || order >= history.size())
        throw std::invalid_argument("order: expected at least 1 and less than the history has samples");
    nb::gil_scoped_release release;
    return Prediction(history.data(), history.size(), order);
}

void take(Prediction& prediction, const nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu>& out) {
    nb::gil_scoped_release release;
    prediction.take(out.data(), out.size());
}

}  // namespace

NB_MODULE(_native, module) {
    module.doc() = "Engines of Pellucid; the formats are in pellucid.video, predictions in pellucid.audio.";
    nb::class_<Layer>(module, "Layer").def(nb::new_(&make_layer), nb::arg("weight"),
                                           nb::arg("bias"), nb::arg("multiplier"), nb::arg("shift"));
    nb::class_<Enlarger>(module, "Enlarger")
        .def(nb::new_(&make_enlarger), nb::arg("layers"), nb::arg("factor"), nb::arg("skip"),
             nb::arg("kernels") = "")
        .def("enlarge", &enlarge, nb::arg("picture"), nb::arg("out"), nb::arg("mask").none(),
             nb::arg("colours"), nb::arg("threads"))
        .def("changed", &changed_cells, nb::arg("before"), nb::arg("now"), nb::arg("mask"));
    // Keeps the arrays that it looks at alive.
    nb::class_<Colour>(module, "Colour")
        .def(nb::new_(&make_colour), nb::arg("plane"), nb::arg("out"), nb::arg("vertical"),
             nb::arg("horizontal"), nb::keep_alive<0, 1>(), nb::keep_alive<0, 2>());
    module.def("enlarge_chroma", &chroma, nb::arg("colour"));
    module.def("kernels", &kernels, nb::arg("every") = false);
    module.def("burn", &burn, nb::arg("kernels"), nb::arg("rounds"));
    module.def("count_traces", &traces, nb::arg("plane"), nb::arg("out"));
    nb::class_<Prediction>(module, "Prediction")
        .def(nb::new_(&make_prediction), nb::arg("history"), nb::arg("order"))
        .def("take", &take, nb::arg("out"));
}
