// What the processor we run on can do.
#pragma once

namespace pellucid {

bool has_avx2();
bool has_avx_vnni();
bool has_avx512_vnni();
bool has_neon_dot();

}  // namespace pellucid
