// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a model takes on this machine.
//
// Thread rule: one thread at a time per model; nothing else should compute on the device meanwhile.
#pragma once

#include <span>
#include <stop_token>

#include "core/base/result.h"
#include "core/data/features.h"
#include "core/model/bert.h"

namespace lottery {

struct SpeedOptions {
    std::size_t examples = 64;  // first so many
    int repeats = 3;            // after one that is not counted; the median counts
};

// Milliseconds per example of a forward pass with `plan`, in chunks as in predict.
Outcome<double> milliseconds_per_example(BertForSequenceClassification& model, const EncoderPlan& plan,
                                         std::span<const Features> examples, const SpeedOptions& options,
                                         const std::stop_token& stop);

}  // namespace lottery
