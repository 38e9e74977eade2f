// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which of the exceptions that come out of LibTorch say that there is no memory left.
//
// Thread rule: pure function.
#pragma once

#include <exception>

namespace lottery {

// A GPU's allocator has an exception of its own; the CPU's says it in words, and containers throw std::bad_alloc.
bool is_out_of_memory(const std::exception& exception);

}  // namespace lottery
