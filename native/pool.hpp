// Threads that are started once and shared by everyone who has work.
#pragma once

#include <functional>

namespace pellucid {

// Calls work(0) to work(count - 1), on up to `threads` threads of which the calling one is the
// first, and returns when all are done. What one of them throws is thrown here. May be called from
// several threads at once; a process forked from this one starts threads of its own.
void run_side_by_side(int count, int threads, const std::function<void(int)>& work);

}  // namespace pellucid
