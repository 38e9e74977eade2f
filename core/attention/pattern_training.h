// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a classifier of attention patterns is trained, and what its training tells while it runs. No tensor in this
// header.
//
// Thread rule: plain values; an observer is called from the thread that trains.
#pragma once

#include "core/base/progress.h"

namespace lottery {

struct PatternTrainingOptions {
    int epochs = 200;
    int batch_size = 64;            // maps
    double learning_rate = 1e-3;    // of Adam, constant
    double validation_share = 0.2;  // of each class
    bool operator==(const PatternTrainingOptions&) const = default;
};

struct PatternEpoch {
    int epoch = 0;            // from 1
    double train_loss = 0.0;  // mean cross-entropy of the epoch's batches, each before its own step
    double train_accuracy = 0.0;
    double validation_loss = 0.0;  // after the epoch
    double validation_accuracy = 0.0;
    double seconds = 0.0;
};

class PatternTrainingObserver : public virtual ProgressSink {
public:
    virtual void on_pattern_epoch(const PatternEpoch&) {}
};

}  // namespace lottery
