# The sources of the engines, and for each instruction set what its file is compiled for. All else
# is compiled for any processor of the architecture. EMULATED: the x86 kernels by any processor's
# means, for tests.
find_package(Threads REQUIRED)

set(PELLUCID_NATIVE ${CMAKE_CURRENT_LIST_DIR})
set(PELLUCID_SOURCES)
set(PELLUCID_DEFINITIONS)

function(pellucid_source name)
  set(source ${PELLUCID_NATIVE}/${name}.cpp)
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${ARGN}")
  set(PELLUCID_SOURCES ${PELLUCID_SOURCES} ${source} PARENT_SCOPE)
endfunction()

foreach(name network kernels cpu portable output bands pool chroma frame mask traces prediction)
  pellucid_source(${name})
endforeach()

if(MSVC)
  # Its compiler knows other options and no instructions within C++: the portable kernels there.
elseif(EMULATED)
  list(APPEND PELLUCID_DEFINITIONS PELLUCID_X86 PELLUCID_EMULATED)
  foreach(name avx2 avx_vnni avx512_vnni)
    pellucid_source(${name})
  endforeach()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND PELLUCID_DEFINITIONS PELLUCID_X86)
  pellucid_source(avx2 -mavx2)
  pellucid_source(avx_vnni -mavx2 -mavxvnni)
  # g++ 12 warns of its own intrinsics.
  pellucid_source(avx512_vnni -mavx2 -mavx512f -mavx512bw -mavx512vl -mavx512vnni
                  -Wno-uninitialized -Wno-maybe-uninitialized)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND PELLUCID_DEFINITIONS PELLUCID_NEON)
  pellucid_source(neon)
  pellucid_source(neon_dot -march=armv8.2-a+dotprod)
endif()
