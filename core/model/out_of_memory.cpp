// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/out_of_memory.h"

#include <c10/util/Exception.h>

#include <new>
#include <string_view>

namespace lottery {

bool is_out_of_memory(const std::exception& exception) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&exception) != nullptr) return true;
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return true;
    const auto* error = dynamic_cast<const c10::Error*>(&exception);
    return error != nullptr && std::string_view(error->msg()).find("DefaultCPUAllocator") != std::string_view::npos;
}

}  // namespace lottery
