// Work waits in one list. The caller takes pieces of its own work like everyone, so that work gets
// done even where no thread can be had, and callers can never wait for each other.
#include "pool.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace pellucid {
namespace {

constexpr int MOST_THREADS = 256;

#ifdef _WIN32
int process() { return 0; }  // nothing forks
#else
int process() { return static_cast<int>(getpid()); }
#endif

struct Job {
    const std::function<void(int)>& work;
    int count;
    int helpers;  // more that may join
    int next = 0, done = 0;
    std::exception_ptr failure = nullptr;
    std::condition_variable finished = {};
};

class Pool {
public:
    // Never destroyed: its threads may outlive everything else. A forked process has a copy of the
    // pool without its threads, perhaps locked forever, and leaves it alone.
    static Pool& shared() {
        static std::atomic<Pool*> shared = nullptr;
        Pool* pool = shared.load();
        if (pool && pool->process_ == process()) return *pool;
        Pool* const fresh = new Pool;
        if (shared.compare_exchange_strong(pool, fresh)) return *fresh;
        delete fresh;  // someone else was faster
        return *pool;
    }

    void run(int count, int threads, const std::function<void(int)>& work) {
        Job job{work, count, std::min(threads, count) - 1};
        std::unique_lock lock(guard_);
        const auto place = jobs_.insert(jobs_.end(), &job);
        hire(std::min(job.helpers, MOST_THREADS));
        for (int i = 0; i < std::min(job.helpers, hired_); ++i) waiting_.notify_one();
        take_part(job, lock);
        jobs_.erase(place);
        job.finished.wait(lock, [&] { return job.done == job.count; });
        if (job.failure) std::rethrow_exception(job.failure);
    }

private:
    void hire(int wanted) {
        try {
            for (; hired_ < wanted; ++hired_) std::thread([this] { serve(); }).detach();
        } catch (const std::system_error&) {
            // No more threads: the others and the caller do it.
        }
    }

    void serve() {
        std::unique_lock lock(guard_);
        for (;;) {
            Job* job = nullptr;
            waiting_.wait(lock, [&] { return (job = open_job()) != nullptr; });
            --job->helpers;
            take_part(*job, lock);
        }
    }

    Job* open_job() {
        for (Job* job : jobs_)
            if (job->helpers > 0 && job->next < job->count) return job;
        return nullptr;
    }

    // Does pieces until none is left to begin. `lock` is held before and after, not meanwhile.
    void take_part(Job& job, std::unique_lock<std::mutex>& lock) {
        while (job.next < job.count) {
            const int piece = job.next++;
            lock.unlock();
            std::exception_ptr failure;
            try {
                job.work(piece);
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            if (failure) job.failure = failure;
            if (++job.done == job.count) job.finished.notify_all();
        }
    }

    std::mutex guard_;
    std::condition_variable waiting_;
    std::list<Job*> jobs_;
    int hired_ = 0;
    int process_ = process();
};

}  // namespace

void run_side_by_side(int count, int threads, const std::function<void(int)>& work) {
    if (count > 1 && threads > 1) return Pool::shared().run(count, threads, work);
    for (int i = 0; i < count; ++i) work(i);
}

}  // namespace pellucid
