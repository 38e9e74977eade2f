// SPDX-License-Identifier: GPL-3.0-or-later
//
// Predictions of a model on the search examples, pass after pass, for criteria that need no gradient.
//
// Thread rule: one thread at a time per pass and model.
#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "core/base/result.h"
#include "core/evaluation/chunks.h"
#include "core/evaluation/metrics.h"
#include "core/model/bert.h"
#include "core/pruning/example_batches.h"

namespace lottery {

class InferencePass {
public:
    // `examples` must outlive the pass, and so must `told`, which hears of memory that ran out and may be null.
    // `batch_size` examples at most are computed together; 0: no such limit.
    InferencePass(BertForSequenceClassification model, std::span<const Features> examples, ProgressSink* told,
                  std::size_t batch_size = 0);

    struct Look {
        EncoderTap* tap = nullptr;
        std::function<void()> before_pass;               // also when it begins again for want of memory
        std::function<void(const Chunk&)> before_chunk;  // so that the tap knows what is coming
        // More work on a chunk once its logits are stored; false: cancelled.
        std::function<bool(const Chunk&)> after_chunk;
    };
    Outcome<Predictions> run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples,
                             const Look& look);
    Outcome<Predictions> run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples);

private:
    BertForSequenceClassification model_;
    std::span<const Features> examples_;
    ExampleBatches batches_;
};

}  // namespace lottery
