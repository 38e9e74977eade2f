// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/speed.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "core/evaluation/chunks.h"

namespace lottery {

Outcome<double> milliseconds_per_example(BertForSequenceClassification& model, const EncoderPlan& plan,
                                         std::span<const Features> examples, const SpeedOptions& options,
                                         const std::stop_token& stop) {
    const torch::NoGradGuard no_grad;
    const auto device = model->device();
    const std::size_t count = std::min(examples.size(), options.examples);
    if (count == 0) return Error{"no examples to measure the speed on", "speed", {}};
    std::vector<std::size_t> first(count);
    std::iota(first.begin(), first.end(), std::size_t{0});
    const auto chunks = make_chunks(examples, first, default_token_budget(device), device);
    std::vector<double> seconds;
    for (int repeat = 0; repeat <= std::max(options.repeats, 1); ++repeat) {
        const auto start = std::chrono::steady_clock::now();
        for (const auto& chunk : chunks) {
            if (stop.stop_requested()) return Cancelled{};
            // Copied to the host: on a GPU a pass has only been asked for until its result is needed.
            model->forward(chunk.batch, plan).to(torch::kCPU);
        }
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        if (repeat > 0) seconds.push_back(elapsed.count());
    }
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2), seconds.end());
    return 1000.0 * seconds[seconds.size() / 2] / static_cast<double>(count);
}

}  // namespace lottery
