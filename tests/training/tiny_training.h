// SPDX-License-Identifier: GPL-3.0-or-later
//
// A training run small enough for a test: a committed tiny model on 24 examples, 3 epochs of 5 steps.
//
// Thread rule: one thread at a time.
#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/training/trainer.h"
#include "tests/support/goldens.h"

namespace lottery::test {

inline BertForSequenceClassification golden_model() {
    ProgressSink quiet;
    auto loaded = load_model(golden_folder("bert/three_layers"), 3, 0, torch::kCPU, quiet);
    if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
    return loaded->model;
}

inline std::vector<Features> examples() {
    auto features = golden_features(read_golden(golden_folder("bert/three_layers") / "expected.json").at("sequences"));
    const auto once = features;
    for (int i = 0; i < 2; ++i) features.insert(features.end(), once.begin(), once.end());
    return features;  // 24
}

// Trains on `features`; asks for a stop after `stop_after` steps of this call.
struct Run {
    BertForSequenceClassification model = golden_model();
    std::vector<Features> features = examples();
    TrainingPlan plan;
    int evaluations = 0;

    explicit Run(const std::filesystem::path& resume_file) {
        plan.train = features;
        plan.options.epochs = 3;
        plan.options.batch_size = 5;  // 5 steps an epoch, the last batch short
        plan.options.learning_rate = 1e-3;
        plan.options.save_steps = 2;
        plan.seed = 42;
        plan.fingerprint = "test";
        plan.stage = "training";
        plan.resume_file = resume_file;
        plan.evaluate = [this](BertForSequenceClassification&) -> Outcome<DevEvaluation> {
            ++evaluations;
            return DevEvaluation{0, 0.0, {{"acc", 0.5}}, 1.0};
        };
    }

    Outcome<TrainingHistory> train(int stop_after = -1) {
        struct Stopper : TrainingObserver {
            std::stop_source source;
            int left = -1;
            void on_training_step(const TrainingStep&) override {
                if (left > 0 && --left == 0) source.request_stop();
            }
        } stopper;
        stopper.left = stop_after;
        return lottery::train(model, plan, stopper.source.get_token(), stopper);
    }
};

inline bool same_weights(BertForSequenceClassification& a, BertForSequenceClassification& b) {
    const auto right = b->named_parameters();
    for (const auto& entry : a->named_parameters())
        if (!entry.value().equal(right[entry.key()])) return false;
    return true;
}

}  // namespace lottery::test
