// SPDX-License-Identifier: GPL-3.0-or-later
//
// How many tokens go through a model at once, and what happens when the device has no memory for them: the pass begins
// again with half as many. What an example gives is the same then; sums over examples differ by float rounding.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <utility>

#include "core/base/progress.h"
#include "core/data/features.h"
#include "core/evaluation/chunks.h"
#include "core/model/out_of_memory.h"

namespace lottery {

class TokenBudget {
public:
    // The device's default (chunks.h). `told` hears of every halving; it may be null, and must outlive the budget.
    TokenBudget(std::span<const Features> examples, torch::Device device, ProgressSink* told);

    [[nodiscard]] std::int64_t tokens() const { return tokens_; }

    // What `pass` returns. After a try that ran out of memory the budget is halved, for good, and `again` is called:
    // it makes the chunks anew and takes back what the try has told of. `pass` must depend on nothing that an earlier
    // try of it has left. Throws what `pass` throws when the examples already go through one by one, and whatever
    // else it throws.
    template <typename Pass, typename Again>
    auto within_memory(Pass&& pass, Again&& again) -> decltype(pass()) {
        for (;;) {
            try {
                return pass();
            } catch (const std::exception& e) {
                if (!is_out_of_memory(e) || tokens_ <= longest_) throw;
            }
            // Out here the exception, and what it may hold of the try, is gone.
            halve();
            again();
        }
    }

private:
    void halve();

    std::int64_t tokens_;
    std::int64_t longest_ = 1;  // tokens of the longest example
    ProgressSink* told_;
};

}  // namespace lottery
