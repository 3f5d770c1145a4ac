// Zeroed memory that starts on a cache line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace pellucid {

class Buffer {
public:
    explicit Buffer(std::size_t size = 0)
        : size_(size), bytes_(static_cast<std::uint8_t*>(::operator new(size + 1, LINE))) {
        std::memset(bytes_.get(), 0, size);
    }

    std::uint8_t* data() const { return bytes_.get(); }
    std::size_t size() const { return size_; }

    template <class T>
    T* as() const { return reinterpret_cast<T*>(bytes_.get()); }

private:
    static constexpr std::align_val_t LINE{64};
    struct Free {
        void operator()(std::uint8_t* bytes) const { ::operator delete(bytes, LINE); }
    };

    std::size_t size_;
    std::unique_ptr<std::uint8_t, Free> bytes_;
};

}  // namespace pellucid
