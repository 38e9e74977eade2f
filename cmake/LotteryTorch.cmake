# SPDX-License-Identifier: GPL-3.0-or-later
# LibTorch, from any CMake package `Torch` in CMAKE_PREFIX_PATH; by default the one inside the project's own
# virtual environment (packaging/setup makes it).
if(NOT Torch_DIR AND NOT CMAKE_PREFIX_PATH MATCHES "torch")
  file(GLOB _torch_dirs ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch/share/cmake)
  list(APPEND CMAKE_PREFIX_PATH ${_torch_dirs})
endif()
find_package(Torch 2.1 QUIET)
if(NOT Torch_FOUND)
  message(FATAL_ERROR "LibTorch 2.1 or newer was not found. Run packaging/setup, or pass -DCMAKE_PREFIX_PATH=<libtorch> (a folder that holds share/cmake/Torch).")
endif()
message(STATUS "LibTorch ${Torch_VERSION}: ${TORCH_INSTALL_PREFIX}")

add_library(lottery_torch INTERFACE)
target_link_libraries(lottery_torch INTERFACE ${TORCH_LIBRARIES})
# As system headers: their warnings are not ours.
target_include_directories(lottery_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
separate_arguments(_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
# Qt asks for -fPIC; a precompiled header only serves objects with the same setting.
target_compile_options(lottery_torch INTERFACE ${_torch_flags} -fPIC)

file(WRITE ${CMAKE_BINARY_DIR}/torch_pch.cpp "// Carries the precompiled torch header.\n")
add_library(lottery_torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
target_link_libraries(lottery_torch_pch PUBLIC lottery_torch PRIVATE lottery_options)
target_precompile_headers(lottery_torch_pch PRIVATE <torch/torch.h>)
