// SPDX-License-Identifier: GPL-3.0-or-later
//
// A criterion behind one interface: what a mask search asks of it is one pass over the search examples, which gives the
// predictions with the current masks and what every component is worth there. One class per criterion:
//
//   gradient_criteria.cpp   gradient (importance.h, example_gradients.h), fisher
//   leave_one_out.cpp       leave-one-out
//   attention_criteria.cpp  entropy, confidence
//   learned_gates.h         learned
//   criterion.cpp           random, and make_criterion, which chooses
//
// Only the gradient is scaled per layer, as in the paper; the others are compared over all layers as they are, and
// scaled to [0,1] for the record.
//
// Thread rule: one thread at a time per criterion and model.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/features.h"
#include "core/model/bert.h"
#include "core/pruning/importance.h"

namespace lottery {

struct MeasuredPass {
    Predictions predictions;         // with the masks
    ComponentImportance importance;  // in [0,1], higher is more important; NaN: not measured
};

class CriterionPass {
public:
    virtual ~CriterionPass() = default;
    virtual Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                          const OnExamples& on_examples) = 0;
};

struct CriterionInputs {
    BertForSequenceClassification model{nullptr};     // its weights are frozen
    std::span<const Features> examples;               // must outlive the criterion
    std::function<double(const Predictions&)> score;  // the search metric, a number
    std::uint64_t seed = 0;                           // of random and learned
    // Told of work beside the passes and of memory that ran out; must outlive the criterion.
    ProgressSink* progress = nullptr;
};

// Errors: the criterion does not apply to the kind of search.
Result<std::unique_ptr<CriterionPass>> make_criterion(const MaskSearchOptions& options, const CriterionInputs& inputs);

// For make_criterion.
std::unique_ptr<CriterionPass> make_gradient_criterion(const MaskSearchOptions& options, const CriterionInputs& inputs);
std::unique_ptr<CriterionPass> make_leave_one_out(const MaskSearchOptions& options, const CriterionInputs& inputs);
std::unique_ptr<CriterionPass> make_attention_criterion(const MaskSearchOptions& options,
                                                        const CriterionInputs& inputs);
std::unique_ptr<CriterionPass> make_learned_gates(const MaskSearchOptions& options, const CriterionInputs& inputs);

// NaN for every component of `masks`.
ComponentImportance unmeasured(const ComponentMasks& masks);

}  // namespace lottery
