// Asks the compiler's run-time support, or the operating system.
#include "cpu.hpp"

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace pellucid {

#if defined(PELLUCID_EMULATED)

bool has_avx2() { return true; }
bool has_avx_vnni() { return true; }
bool has_avx512_vnni() { return true; }

#elif defined(__x86_64__)

// These ask the operating system as well, which has to save the registers.
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx_vnni() { return has_avx2() && __builtin_cpu_supports("avxvnni"); }
bool has_avx512_vnni() {
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

#elif defined(__aarch64__)

#if defined(__linux__)
bool has_neon_dot() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#elif defined(__APPLE__)
bool has_neon_dot() { return true; }  // all of their 64-bit desktop processors
#else
bool has_neon_dot() { return false; }
#endif

#endif

}  // namespace pellucid
