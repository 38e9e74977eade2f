# SPDX-License-Identifier: GPL-3.0-or-later
# What makes a build quick and keeps it within the machine's memory; nothing here changes what is built.

# Objects are kept by ccache. The precompiled torch header needs the two sloppiness words: ccache cannot see
# into a precompiled header, but the compiler itself refuses one that does not fit. Paths are taken relative to
# the source folder, so that all build folders of one checkout share their objects.
find_program(LOTTERY_CCACHE ccache)
if(LOTTERY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_NOHASHDIR=1
    ${LOTTERY_CCACHE})
endif()

# One compiler process that reads the torch header takes up to 2 GB. A machine (or a container) with less than
# that per core gets fewer processes at a time, instead of a compiler killed for want of memory.
cmake_host_system_information(RESULT _cores QUERY NUMBER_OF_LOGICAL_CORES)
cmake_host_system_information(RESULT _memory_mb QUERY TOTAL_PHYSICAL_MEMORY)
if(EXISTS /sys/fs/cgroup/memory.max)
  file(READ /sys/fs/cgroup/memory.max _limit)
  string(STRIP "${_limit}" _limit)
  if(_limit MATCHES "^[0-9]+$")
    math(EXPR _limit_mb "${_limit} / 1048576")
    if(_limit_mb LESS _memory_mb)
      set(_memory_mb ${_limit_mb})
    endif()
  endif()
endif()
math(EXPR _jobs "${_memory_mb} / 2048")
if(_jobs LESS 1)
  set(_jobs 1)
endif()
if(_jobs LESS _cores AND CMAKE_GENERATOR MATCHES "Ninja" AND NOT CMAKE_JOB_POOLS)
  set_property(GLOBAL PROPERTY JOB_POOLS compiling=${_jobs})
  set(CMAKE_JOB_POOL_COMPILE compiling)
  message(STATUS "Memory of ${_memory_mb} MB: at most ${_jobs} compiler processes at a time")
endif()
