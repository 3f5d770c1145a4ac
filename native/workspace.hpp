// Memory that a thread keeps from one window to the next and hands out piece by piece.
#pragma once

#include <vector>

#include "buffer.hpp"

namespace pellucid {

class Workspace {
public:
    // The calling thread's own.
    static Workspace& here() {
        static thread_local Workspace workspace;
        return workspace;
    }

    // Takes back all pieces. What did not fit the last time will now.
    void restart() {
        std::size_t size = 0;
        for (const Buffer& buffer : buffers_) size += buffer.size();
        if (buffers_.size() > 1) {
            buffers_.clear();
            buffers_.emplace_back(size);
        }
        used_ = 0;
    }

    // Starts on a cache line; holds whatever was there.
    std::uint8_t* take(std::size_t size) {
        size = (size + LINE - 1) / LINE * LINE;
        if (buffers_.empty() || buffers_.back().size() - used_ < size) {
            buffers_.emplace_back(size);
            used_ = 0;
        }
        std::uint8_t* const piece = buffers_.back().data() + used_;
        used_ += size;
        return piece;
    }

    template <class T>
    T* take_some(std::size_t count) { return reinterpret_cast<T*>(take(count * sizeof(T))); }

private:
    static constexpr std::size_t LINE = 64;
    std::vector<Buffer> buffers_;
    std::size_t used_ = 0;  // of the last buffer
};

}  // namespace pellucid
