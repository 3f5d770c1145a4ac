#!/bin/sh
# Compiles the engines for web pages: native/wasm.sh FOLDER writes FOLDER/pellucid.wasm.
#
# The bytes depend on the compiler alone; those that the package ships are by Debian 12's:
#   apt install clang-14 lld-14 libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 libc++abi-14-dev-wasm32 wasi-libc
# Standard library without an operating system: nothing is imported, one thread a module.
set -eu
out=$(realpath "$1")
cd "$(dirname "$0")"
clang++-14 --target=wasm32-wasi -mexec-model=reactor -std=c++20 -O3 -msimd128 -flto \
  -DPELLUCID_WASM -DNDEBUG -Wall -Wextra -fno-rtti -fvisibility=hidden \
  -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=262144 \
  -o "$out/pellucid.wasm" network.cpp kernels.cpp portable.cpp wasm.cpp output.cpp bands.cpp chroma.cpp mask.cpp traces.cpp page.cpp
