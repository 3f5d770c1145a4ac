// The x86 intrinsics, or the same by any processor's means, to test kernels that this one lacks.
#pragma once

#ifdef PELLUCID_EMULATED
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

// SIMDe 0.7.4 has this for vectors of 256 bits alone.
static inline __m512i _mm512_srav_epi32(__m512i a, __m512i bits) {
    const __m256i low = _mm256_srav_epi32(_mm512_castsi512_si256(a), _mm512_castsi512_si256(bits));
    const __m256i high = _mm256_srav_epi32(_mm512_extracti64x4_epi64(a, 1), _mm512_extracti64x4_epi64(bits, 1));
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}
#else
#include <immintrin.h>
#endif
