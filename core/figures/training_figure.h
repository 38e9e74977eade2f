// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fine-tuning as a figure: the loss of every step with its moving mean, and the dev metrics.
//
// Thread rule: pure functions of plain values; ExponentialMean: one thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/figures/figure.h"
#include "core/training/training_options.h"

namespace lottery {

// Exponential moving mean that is unbiased from its first value on (each value weighs `decay` times the one
// after it). Values that are not finite are passed over.
class ExponentialMean {
public:
    explicit ExponentialMean(double decay) : decay_(decay) {}  // in [0, 1)
    // The mean after `value`; NaN as long as there was no finite value.
    double add(double value);

private:
    double decay_;
    double sum_ = 0.0, weight_ = 0.0;
};

// The decay that suits a run of so many steps: about a fiftieth of the run is averaged, at least 5 and at most
// 200 steps.
double smoothing_decay(std::int64_t steps);

// At most about `2 × buckets` of the points: of each stretch of equal length the lowest and the highest, in their
// order, so that spikes survive. Fewer points come back as they are.
std::vector<Point> decimate(std::span<const Point> points, std::size_t buckets);

struct TrainingCurve {
    std::span<const TrainingStep> steps;
    std::span<const DevEvaluation> evaluations;
    std::string title;  // empty: none
};

// Loss above, dev metrics below (without evaluations: the loss alone; without steps: the metrics alone).
// Data: one row per step and per evaluation.
Figure training_figure(const TrainingCurve& curve, const FigureStyle& style);

}  // namespace lottery
