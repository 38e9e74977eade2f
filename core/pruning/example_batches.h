// SPDX-License-Identifier: GPL-3.0-or-later
//
// The search examples in batches, and these in chunks that are computed at once, for pass after pass. A pass that runs
// out of memory begins again with smaller chunks; they stay small.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/progress.h"
#include "core/data/features.h"
#include "core/evaluation/chunks.h"
#include "core/evaluation/token_budget.h"

namespace lottery {

// Told how many more examples are finished; fewer than none when a pass begins again for want of memory.
using OnExamples = std::function<void(std::int64_t)>;

struct ExampleBatch {
    std::int64_t size;  // examples
    std::vector<Chunk> chunks;
};

class ExampleBatches {
public:
    // `batch_size` examples in each, in file order, the last one short; 0: one batch of all. `examples` must outlive
    // this, and so must `told`, which hears of memory that ran out and may be null.
    ExampleBatches(std::span<const Features> examples, std::size_t batch_size, torch::Device device,
                   ProgressSink* told);

    // What `pass` returns, given the batches and whom to tell of finished examples. It is called again when memory ran
    // out (token_budget.h), and must depend on nothing that an earlier call has left.
    template <typename Pass>
    auto run(const OnExamples& on_examples, Pass&& pass) {
        std::int64_t done = 0;
        const OnExamples counted = [&](std::int64_t more) {
            done += more;
            on_examples(more);
        };
        return budget_.within_memory([&] { return pass(batches_, counted); },
                                     [&] {
                                         make();
                                         counted(-done);
                                     });
    }

private:
    void make();

    std::span<const Features> examples_;
    std::size_t batch_size_;
    torch::Device device_;
    TokenBudget budget_;
    std::vector<ExampleBatch> batches_;
};

}  // namespace lottery
