// SPDX-License-Identifier: GPL-3.0-or-later
//
// Training of the classifier of attention patterns (method.md §6): Adam, cross-entropy, part of each class set aside,
// and the epoch kept that tells most of these maps right; of equally good ones the last, as published.
//
// Thread rule: one thread. Nothing is drawn from torch's generators: a seed, a device and a number of threads give the
// same weights.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/attention/labelled_maps.h"
#include "core/attention/pattern_classifier.h"
#include "core/attention/pattern_scores.h"
#include "core/attention/pattern_training.h"
#include "core/base/result.h"

namespace lottery {

struct PatternTrainingPlan {
    PatternTrainingOptions options;
    std::uint64_t seed = 0;  // of the weights, of what is set aside, and of the order
    ClassifierKind kind = ClassifierKind::Raw;
    std::string trained_on;  // goes into the classifier's info
    torch::Device device = torch::kCPU;
};

struct TrainedClassifier {
    PatternClassifier classifier;  // of the best epoch
    std::vector<PatternEpoch> history;
    std::vector<std::size_t> validation;  // places among the maps, ascending
    std::vector<PatternProbabilities> validation_probabilities;
    PatternScores scores;  // on the validation maps; `wrong` counts within them
};

// Classes without a map are told to the observer. Errors: no map, a class with one map, a loss that is not finite.
Outcome<TrainedClassifier> train_classifier(const LabelledMaps& maps, const PatternTrainingPlan& plan,
                                            std::stop_token stop, PatternTrainingObserver& observer);

// The scores of a classifier on labelled maps; `probabilities`, where given, get those of every map.
PatternScores score_classifier(PatternClassifier& classifier, std::span<const LabelledMap> maps,
                               std::vector<PatternProbabilities>* probabilities = nullptr);

}  // namespace lottery
