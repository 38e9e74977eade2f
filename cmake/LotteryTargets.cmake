# SPDX-License-Identifier: GPL-3.0-or-later
# How this project's targets are made: warnings, sanitizer, precompiled torch header, tests.

add_library(lottery_options INTERFACE)
target_compile_options(lottery_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(LOTTERY_WERROR)
  target_compile_options(lottery_options INTERFACE -Werror)
endif()
if(LOTTERY_SANITIZER)
  # GCC's own manual: with sanitizers, warnings of uninitialised values may be false, and were.
  target_compile_options(lottery_options INTERFACE
    -fsanitize=${LOTTERY_SANITIZER} -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  target_link_options(lottery_options INTERFACE -fsanitize=${LOTTERY_SANITIZER})
  if(LOTTERY_SANITIZER STREQUAL "address")
    target_compile_options(lottery_options INTERFACE -fsanitize=undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined)
    target_link_options(lottery_options INTERFACE -fsanitize=undefined)
  endif()
endif()

# lottery_add_library(<name> SOURCES … DEPENDS … [TORCH])
# One library per folder of core/: what it links is what it may include. TORCH adds LibTorch and its
# precompiled header.
function(lottery_add_library name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE lottery_options)
  if(ARG_TORCH)
    target_link_libraries(${name} PUBLIC lottery_torch)
    lottery_use_torch_header(${name})
  endif()
endfunction()

# The torch headers take half a minute to compile: once per build, not once per file.
function(lottery_use_torch_header target)
  if(TARGET lottery_torch_pch)
    target_precompile_headers(${target} REUSE_FROM lottery_torch_pch)
  endif()
endfunction()

# lottery_add_test(<name> LIBRARIES … [TORCH] [SOURCES …] [LABELS …])
# A Qt Test executable from <name>.cpp; LOTTERY_GOLDENS is the folder of committed reference values.
function(lottery_add_test name)
  cmake_parse_arguments(ARG "TORCH" "" "LIBRARIES;SOURCES;LABELS" ${ARGN})
  if(NOT TARGET Qt6::Test)
    return()
  endif()
  add_executable(${name} ${name}.cpp ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} Qt6::Test lottery_options)
  if(ARG_TORCH)
    lottery_use_torch_header(${name})
  endif()
  target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS
    LOTTERY_GOLDENS="${PROJECT_SOURCE_DIR}/tests/goldens"
    LOTTERY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "QT_QPA_PLATFORM=offscreen" LABELS "${ARG_LABELS}")
endfunction()
