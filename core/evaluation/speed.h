// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a model takes for an example on this machine, measured side by side for several plans of one model.
//
// Thread rule: runs in the caller's thread, alone on its device.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/features.h"
#include "core/model/bert.h"

namespace lottery {

struct SpeedOptions {
    std::size_t batch_size = 64;  // examples handed over at once
    std::size_t batches = 1;      // different batches per round, spread over the examples
    int rounds = 5;               // at least so many, and …
    double seconds = 2.0;         // … at least so long for all plans together
    int most_rounds = 100;
};

// Milliseconds per example and plan, in the plans' order: the median over rounds. Each round runs every plan on the
// same batches, one plan after the other, so that a change of the machine's pace meets all of them; one round before
// them is not counted. Packing the batches is not measured; reading the logits back is. `examples` must not be empty;
// with fewer than a batch holds, all of them are one batch.
Outcome<std::vector<double>> milliseconds_per_example(BertForSequenceClassification& model,
                                                      std::span<const EncoderPlan> plans,
                                                      std::span<const Features> examples, const SpeedOptions& options,
                                                      std::stop_token stop, ProgressSink& progress);

}  // namespace lottery
