// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options and events of fine-tuning (method.md §2). No tensor here.
//
// Thread rule: plain values; an observer is called from the thread that trains.
#pragma once

#include <cstdint>

#include "core/base/progress.h"
#include "core/evaluation/metric_types.h"

namespace lottery {

enum class Precision { Fp32, Bf16 };

struct TrainingOptions {
    int epochs = 3;               // 1…1000
    int batch_size = 32;          // examples per optimizer step, 1…4096; the last short batch is kept
    double learning_rate = 2e-5;  // peak, decays linearly to 0 over all steps
    double warmup_share = 0.0;    // share of all steps with linear warm-up, 0: none
    double adam_epsilon = 1e-8;
    double weight_decay = 0.0;       // never applied to biases and LayerNorm
    double max_gradient_norm = 1.0;  // 0 disables clipping
    double dropout = 0.1;            // hidden, attention and classifier dropout, [0, 1)
    int max_seq_length = 128;        // tokens, 3…the model's positions
    // Training examples set aside, drawn by the seed, so that a mask search with split Train sees unseen ones (Q4).
    std::int64_t hold_out = 0;              // 0: none
    std::int64_t limit_train = 0;           // first so many training examples; 0: all
    std::int64_t limit_dev = 0;             // first so many dev examples; 0: all
    std::int64_t save_steps = 200;          // steps between resume points; 0: only at the end of each epoch
    Precision precision = Precision::Fp32;  // bf16: autocast products, fp32 master weights
};

struct TrainingStep {
    std::int64_t step = 0;   // 1-based
    std::int64_t steps = 0;  // in all
    double epoch = 0.0;      // fractional
    double loss = 0.0;       // batch mean
    double learning_rate = 0.0;
};

struct DevEvaluation {
    std::int64_t step = 0;  // 0: before training
    double epoch = 0.0;
    Metrics metrics;
    double loss = 0.0;
};

class TrainingObserver : public virtual ProgressSink {
public:
    virtual void on_training_step(const TrainingStep&) {}
    virtual void on_dev_evaluation(const DevEvaluation&) {}
};

}  // namespace lottery
