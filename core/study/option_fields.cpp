// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/option_fields.h"

#include "core/pruning/magnitude_record.h"
#include "core/study/provenance.h"

namespace lottery {

namespace {

constexpr std::array kSplits{SearchSplit::Dev, SearchSplit::Train};
constexpr std::array kPhases{PhaseImportance::LastPass, PhaseImportance::KeptPass};
constexpr std::array kGradients{GradientTerm::Batch, GradientTerm::Example};
constexpr std::array kBiases{MlpOutputBias::Left, MlpOutputBias::Pruned};
constexpr std::array kSizes{RandomSize::Drawn, RandomSize::Exact};
constexpr std::array kFills{BadFill::Good, BadFill::None};
constexpr std::array kPrecisions{Precision::Fp32, Precision::Bf16};

}  // namespace

void take_training_options(JsonFields& f, TrainingOptions& o) {
    f.take("epochs", o.epochs);
    f.take("batch_size", o.batch_size);
    f.take("learning_rate", o.learning_rate);
    f.take("warmup_share", o.warmup_share);
    f.take("adam_epsilon", o.adam_epsilon);
    f.take("weight_decay", o.weight_decay);
    f.take("max_gradient_norm", o.max_gradient_norm);
    f.take("dropout", o.dropout);
    f.take("max_seq_length", o.max_seq_length);
    f.take("limit_train", o.limit_train);
    f.take("limit_dev", o.limit_dev);
    f.take("save_steps", o.save_steps);
    f.take_name("precision", o.precision, kPrecisions);
}

Status take_search_options(JsonFields& f, MaskSearchOptions& o) {
    f.take("threshold", o.threshold);
    f.take("amount", o.amount);
    f.take("batch_size", o.batch_size);
    f.take_name("split", o.split, kSplits);
    f.take("limit_dev", o.limit_dev);
    f.take("max_seq_length", o.max_seq_length);
    f.take_name("criterion", o.criterion, all_criteria());
    f.take_name("gradient", o.gradient, kGradients);
    f.take_name("phase_importance", o.phase_importance, kPhases);
    const Json* gates = f.find("gates");
    if (gates == nullptr) return ok();
    JsonFields g(*gates, f.place_of("gates"));
    g.take("steps", o.gates.steps);
    g.take("batch_size", o.gates.batch_size);
    g.take("learning_rate", o.gates.learning_rate);
    g.take("penalty", o.gates.penalty);
    return g.finish();
}

void take_magnitude_options(JsonFields& f, MagnitudeOptions& o) {
    f.take("threshold", o.threshold);
    f.take("amount", o.amount);
    f.take("max_steps", o.max_steps);
    f.take_name("mlp_output_bias", o.mlp_output_bias, kBiases);
    f.take("batch_size", o.batch_size);
    f.take_name("split", o.split, kSplits);
    f.take("limit_dev", o.limit_dev);
    f.take("max_seq_length", o.max_seq_length);
}

void take_control_options(JsonFields& f, ControlOptions& o) {
    f.take_name("random_size", o.random_size, kSizes);
    f.take_name("bad_fill", o.bad_fill, kFills);
}

}  // namespace lottery
