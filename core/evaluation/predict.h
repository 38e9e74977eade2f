// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model's outputs on a list of examples.
//
// Thread rule: one thread at a time per model.
#pragma once

#include <span>
#include <stop_token>
#include <string>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluation/chunks.h"
#include "core/evaluation/metrics.h"
#include "core/model/bert.h"

namespace lottery {

// Logits without dropout and gradients, in the examples' order. `stage` names the work in progress reports. When memory
// runs out, fewer examples go through at once, which is said (token_budget.h).
Outcome<Predictions> predict(BertForSequenceClassification& model, const EncoderPlan& plan,
                             std::span<const Features> examples, const std::string& stage, std::stop_token stop,
                             ProgressSink& progress);

// Room for `count` examples' outputs, labels and targets filled in.
Predictions empty_predictions(std::span<const Features> examples, int outputs);
// Writes a chunk's logits [B,C] to their examples' places.
void store_logits(Predictions& predictions, const Chunk& chunk, const torch::Tensor& logits);

}  // namespace lottery
