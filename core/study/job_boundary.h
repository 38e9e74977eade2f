// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where library exceptions become Failed: every run passes through here, nothing below catches.
//
// Thread rule: runs in the caller's thread.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/model/out_of_memory.h"

namespace lottery {

template <typename Run>
auto at_job_boundary(const std::string& place, Run&& run) -> decltype(run()) {
    try {
        return std::forward<Run>(run)();
    } catch (const c10::Error& e) {
        if (is_out_of_memory(e))
            return Error{std::string("the device ran out of memory: ") + e.what_without_backtrace(), place,
                         "Use a smaller batch or shorter sequences, or another device"};
        return Error{e.what_without_backtrace(), place, {}};
    } catch (const std::bad_alloc&) {
        return Error{"out of memory", place, "Use a smaller batch or shorter sequences"};
    } catch (const std::filesystem::filesystem_error& e) {
        return Error{e.code().message(), e.path1().string(), {}};
    } catch (const std::exception& e) {
        return Error{e.what(), place, {}};
    }
}

}  // namespace lottery
