// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/speed.h"

#include <algorithm>
#include <chrono>

#include "core/evaluation/chunks.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

using Batch = std::vector<Chunk>;

// Batches of neighbours in file order, evenly spread over the examples.
std::vector<Batch> make_batches(std::span<const Features> examples, const SpeedOptions& options, torch::Device device) {
    const auto size = std::min(options.batch_size, examples.size());
    const auto count = std::min(options.batches, examples.size() / size);
    std::vector<Batch> batches;
    for (std::size_t b = 0; b < count; ++b) {
        const auto begin = count == 1 ? 0 : b * (examples.size() - size) / (count - 1);
        std::vector<std::size_t> members;
        for (std::size_t i = begin; i < begin + size; ++i) members.push_back(i);
        batches.push_back(make_chunks(examples, members, default_token_budget(device), device));
    }
    return batches;
}

}  // namespace

Outcome<std::vector<double>> milliseconds_per_example(BertForSequenceClassification& model,
                                                      std::span<const EncoderPlan> plans,
                                                      std::span<const Features> examples, const SpeedOptions& options,
                                                      std::stop_token stop, ProgressSink& progress) {
    const c10::InferenceMode inference;
    const auto batches = make_batches(examples, options, model->device());
    const auto per_round =
        static_cast<double>(batches.size()) * static_cast<double>(std::min(options.batch_size, examples.size()));
    const auto stage = "measuring batches of " + std::to_string(std::min(options.batch_size, examples.size()));
    std::vector<std::vector<double>> times(plans.size());
    const auto start = Clock::now();
    for (int round = -1; round < options.most_rounds; ++round) {  // round −1 warms up
        if (round >= options.rounds && seconds_since(start) >= options.seconds) break;
        for (std::size_t p = 0; p < plans.size(); ++p) {
            const auto begin = Clock::now();
            for (const auto& batch : batches) {
                if (stop.stop_requested()) return Cancelled{};
                // Copying to the host waits for the device.
                for (const auto& chunk : batch) model->forward(chunk.batch, plans[p]).to(torch::kCPU);
            }
            if (round >= 0) times[p].push_back(seconds_since(begin) * 1e3 / per_round);
        }
        progress.on_progress({stage, round + 1, std::max(options.rounds, round + 1), "rounds", 0.0, ""});
    }
    std::vector<double> medians;
    for (auto& t : times) medians.push_back(median(std::move(t)));
    return medians;
}

}  // namespace lottery
