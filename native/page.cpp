// What a web page calls: the engines over the memory of a WebAssembly module. See wasm.sh.
//
// Planes are bytes without gaps between their rows. A page checks its model file itself; what it
// gets wrong all the same traps, as do exceptions.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "bands.hpp"
#include "chroma.hpp"
#include "traces.hpp"

#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))

using namespace pellucid;

namespace {

// Reads int32 numbers and arrays one behind the other.
class Reader {
public:
    explicit Reader(const std::uint8_t* at) : at_(at) {}

    int number() {
        std::vector<std::int32_t> one;
        fill(one, 1);
        return one[0];
    }

    template <class T>
    void fill(std::vector<T>& values, int count) {
        values.resize(static_cast<std::size_t>(count));
        std::memcpy(values.data(), at_, values.size() * sizeof(T));
        at_ += values.size() * sizeof(T);
    }

private:
    const std::uint8_t* at_;
};

Layer read_layer(Reader& reader) {
    Layer layer{};
    for (int* number : {&layer.inputs, &layer.outputs, &layer.kernel, &layer.shift}) *number = reader.number();
    reader.fill(layer.weight, layer.outputs * layer.taps());
    reader.fill(layer.bias, layer.outputs);
    reader.fill(layer.multiplier, layer.outputs);
    return layer;
}

Mask read_mask(const Network& network, const Plane& picture, const std::uint8_t* flags) {
    Mask mask = all_cells(network, picture);
    if (flags) std::copy_n(flags, mask.height() * mask.units(), mask.row(0));
    return mask;
}

Phase phase(bool cosited) { return cosited ? Phase::cosited : Phase::centered; }

}  // namespace

EXPORTED(take) void* take(std::size_t size) { return std::malloc(size); }

EXPORTED(give) void give(void* memory) { std::free(memory); }

// int32 factor, bilinear, layers; of each layer int32 inputs, outputs, kernel, shift and its arrays.
EXPORTED(make_enlarger) Enlarger* make_enlarger(const std::uint8_t* bytes) {
    Reader reader(bytes);
    Network network{};
    network.factor = reader.number();
    network.skip = reader.number() ? Skip::bilinear : Skip::nearest;
    for (int left = reader.number(); left > 0; --left) network.layers.push_back(read_layer(reader));
    return new Enlarger(std::move(network), "");
}

EXPORTED(drop_enlarger) void drop_enlarger(Enlarger* enlarger) { delete enlarger; }

// Makes the flagged cells (mask null: all) of grid rows [top, bottom); out is (2 height, 2 width).
EXPORTED(enlarge)
void enlarge(const Enlarger* enlarger, const std::uint8_t* picture, int height, int width, std::uint8_t* out,
             const std::uint8_t* mask, int top, int bottom) {
    const Plane from{picture, height, width, width};
    const MutablePlane to{out, 2 * height, 2 * width, 2 * width};
    enlarger->enlarge(from, to, read_mask(enlarger->network(), from, mask), top, bottom);
}

// Flags the cells that may not be the same in the outputs of two pictures; returns how many flags.
EXPORTED(changed)
int changed_cells(const Enlarger* enlarger, const std::uint8_t* before, const std::uint8_t* now, int height,
                  int width, std::uint8_t* flags) {
    const Network& network = enlarger->network();
    const Plane old{before, height, width, width}, latest{now, height, width, width};
    const Mask mask = changed(old, latest, network.factor, std::max(network.reach(), 1));
    std::copy_n(mask.row(0), mask.height() * mask.units(), flags);
    return static_cast<int>(mask.count(0, mask.height()));
}

// Makes rows [top, bottom) of a colour plane of twice the size, or one less.
EXPORTED(enlarge_colour)
void enlarge_colour(const std::uint8_t* plane, int height, int width, std::uint8_t* out, int out_height,
                    int out_width, bool cosited_down, bool cosited_across, int top, int bottom) {
    const Colour colour{{plane, height, width, width}, {out, out_height, out_width, out_width},
                        phase(cosited_down), phase(cosited_across)};
    enlarge_chroma(colour, top, bottom);
}

// Counts the traces of coding: int32 (4, 9).
EXPORTED(count_traces)
void count(const std::uint8_t* plane, int height, int width, std::int32_t* out) {
    for (const auto& histogram : count_traces(Plane{plane, height, width, width}))
        for (const std::int64_t value : histogram) *out++ = static_cast<std::int32_t>(value);
}

// There is nobody to catch it.
extern "C" void* __cxa_allocate_exception(std::size_t) { std::abort(); }
extern "C" void __cxa_throw(void*, void*, void (*)(void*)) { std::abort(); }

// The only thread ends with the module.
extern "C" int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }
