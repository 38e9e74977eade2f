// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/token_budget.h"

#include <algorithm>
#include <string>

namespace lottery {

TokenBudget::TokenBudget(std::span<const Features> examples, torch::Device device, ProgressSink* told)
    : tokens_(default_token_budget(device)), told_(told) {
    for (const auto& example : examples)
        longest_ = std::max(longest_, static_cast<std::int64_t>(example.input_ids.size()));
}

void TokenBudget::halve() {
    tokens_ /= 2;
    if (told_ != nullptr)
        told_->on_message(Severity::Warning, "out of memory: the pass begins again with " + std::to_string(tokens_) +
                                                 " tokens at once, half as many. Its results are the same but for "
                                                 "rounding");
}

}  // namespace lottery
