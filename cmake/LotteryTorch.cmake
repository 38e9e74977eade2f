# SPDX-License-Identifier: GPL-3.0-or-later
# LibTorch as the target `lottery_torch`, and its precompiled header.
#
# Taken from, in this order: Torch_DIR, CMAKE_PREFIX_PATH (a LibTorch folder or its share/cmake), the project's
# own virtual environment (packaging/setup makes it), the system. 2.1 or newer; CPU, CUDA and ROCm builds alike.

set(LOTTERY_TORCH_ADVICE
  "Run packaging/setup, or pass -DCMAKE_PREFIX_PATH=<libtorch> (the folder that holds share/cmake/Torch).")
set(_torch_dir ${Torch_DIR})
if(NOT _torch_dir)
  file(GLOB _torch_venv ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  find_path(_torch_dir TorchConfig.cmake HINTS ${_torch_venv}
    PATH_SUFFIXES share/cmake/Torch Torch lib/cmake/Torch NO_CACHE)
endif()
if(NOT EXISTS "${_torch_dir}/TorchConfig.cmake")
  message(FATAL_ERROR "LibTorch was not found: no TorchConfig.cmake in '${_torch_dir}'. ${LOTTERY_TORCH_ADVICE}")
endif()
get_filename_component(_torch_dir "${_torch_dir}" ABSOLUTE)
get_filename_component(_torch_prefix "${_torch_dir}/../../.." ABSOLUTE)

# LibTorch's own package keeps its libraries in the cache: without this, another LibTorch would be linked with
# the libraries of the one before.
if(NOT _torch_dir STREQUAL "${LOTTERY_TORCH_DIR}")
  foreach(_library c10 kineto TORCH torch_cpu torch_cuda c10_cuda)
    unset(${_library}_LIBRARY CACHE)
  endforeach()
  set(LOTTERY_TORCH_DIR ${_torch_dir} CACHE INTERNAL "LibTorch of the last configuration")
endif()

# Wheels before 2.7 were built with GCC's old std::string, which no library of the system understands.
file(STRINGS "${_torch_dir}/TorchConfig.cmake" _old_abi REGEX "^[^#]*TORCH_CXX_FLAGS.*_GLIBCXX_USE_CXX11_ABI=0")
if(_old_abi)
  message(FATAL_ERROR "${_torch_prefix}: this LibTorch was built with _GLIBCXX_USE_CXX11_ABI=0 and cannot be linked "
    "with the system's C++ libraries. Take a wheel of 2.7 or newer, or the 'cxx11 ABI' archive of an older one.")
endif()

add_library(lottery_torch INTERFACE)
file(GLOB _accelerator ${_torch_prefix}/lib/libtorch_cuda.so ${_torch_prefix}/lib/libtorch_hip.so)
if(_accelerator)
  # The package of a CUDA or ROCm build wants the whole toolkit, its compiler included, in exactly its version.
  # Our sources are plain C++ and need none of that: the libraries are linked directly and find theirs beside them.
  file(STRINGS "${_torch_dir}/TorchConfigVersion.cmake" _version_line REGEX "set\\(PACKAGE_VERSION ")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" Torch_VERSION "${_version_line}")
  if(Torch_VERSION VERSION_LESS 2.1)
    message(FATAL_ERROR "${_torch_prefix}: LibTorch ${Torch_VERSION} found, 2.1 or newer expected. ${LOTTERY_TORCH_ADVICE}")
  endif()
  set(_torch_libraries)
  foreach(_library torch torch_cpu torch_cuda torch_hip c10 c10_cuda c10_hip)
    if(EXISTS ${_torch_prefix}/lib/lib${_library}.so)
      list(APPEND _torch_libraries ${_torch_prefix}/lib/lib${_library}.so)
    endif()
  endforeach()
  # Nothing refers to the accelerator's library by name: it registers itself when it is loaded.
  list(JOIN _torch_libraries " " _torch_libraries_line)
  target_link_libraries(lottery_torch INTERFACE
    "-Wl,--no-as-needed ${_torch_libraries_line} -Wl,--as-needed" -Wl,--allow-shlib-undefined)
  target_link_options(lottery_torch INTERFACE -Wl,-rpath,${_torch_prefix}/lib)
  file(STRINGS "${_torch_dir}/../Caffe2/Caffe2Targets.cmake" _definitions REGEX "INTERFACE_COMPILE_DEFINITIONS \"USE_")
  if(_definitions MATCHES "INTERFACE_COMPILE_DEFINITIONS \"([A-Z0-9_;]+)\"")
    target_compile_definitions(lottery_torch INTERFACE ${CMAKE_MATCH_1})
  endif()
  set(TORCH_INCLUDE_DIRS ${_torch_prefix}/include ${_torch_prefix}/include/torch/csrc/api/include)
  get_filename_component(_kind "${_accelerator}" NAME_WE)
  string(REPLACE "libtorch_" "" _kind "${_kind}")
else()
  set(_kind cpu)
  if(NOT Torch_DIR)
    set(_torch_found_here ON)
  endif()
  # Its package warns of libraries that its own wheels leave out.
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
  find_package(Torch 2.1 QUIET CONFIG PATHS ${_torch_dir} NO_DEFAULT_PATH)
  unset(CMAKE_MESSAGE_LOG_LEVEL)
  if(_torch_found_here)
    # Otherwise a later change of CMAKE_PREFIX_PATH would not be noticed.
    unset(Torch_DIR CACHE)
  endif()
  if(NOT Torch_FOUND)
    message(FATAL_ERROR "${_torch_dir}: not a usable LibTorch of 2.1 or newer (found version: '${Torch_VERSION}'). "
      "${LOTTERY_TORCH_ADVICE}")
  endif()
  target_link_libraries(lottery_torch INTERFACE ${TORCH_LIBRARIES})
  separate_arguments(_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(lottery_torch INTERFACE ${_torch_flags})
endif()
message(STATUS "LibTorch ${Torch_VERSION} (${_kind}): ${_torch_prefix}")

# As system headers: their warnings are not ours.
target_include_directories(lottery_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})

# at::parallel_for is a template: without this it runs on one thread in our sources, whatever LibTorch does in its
# own. GCC's runtime only, since LibTorch brings that one and a second would double the threads.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(lottery_torch INTERFACE -fopenmp)
  target_link_options(lottery_torch INTERFACE -fopenmp)
endif()

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/torch_pch.cpp CONTENT "// Carries the precompiled torch header.\n")
add_library(lottery_torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
# Qt asks for -fPIC in the tests; a precompiled header only serves objects with the same setting.
target_compile_options(lottery_torch INTERFACE -fPIC)
target_link_libraries(lottery_torch_pch PUBLIC lottery_torch PRIVATE lottery_options)
target_precompile_headers(lottery_torch_pch PRIVATE <torch/torch.h>)
