// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a stage still takes, and how durations and rates are written.
//
// Thread rule: plain values and free functions.
#pragma once

#include <QString>

#include <cstdint>
#include <deque>
#include <string>

#include "core/base/progress.h"

namespace lottery::gui {

// Estimates the time left of a job's present stage from how fast its units were finished during the last half
// minute (or all of the stage, when it is younger). A new stage or a counter that goes back starts afresh.
class EtaEstimator {
public:
    // `now`: seconds on any clock that only goes forward. Returns seconds left, negative while not known.
    double update(const Progress& progress, double now);

private:
    struct Sample {
        double time;
        std::int64_t done;
    };
    std::string stage_;
    std::int64_t total_ = 0;
    std::deque<Sample> samples_;
};

// "8 s", "3 min 05 s", "2 h 07 min", "3 d 4 h". Negative or NaN: "–".
QString durationText(double seconds);
// "412 examples/s", "0.82 steps/s", "–" when not known.
QString rateText(const Progress& progress);
// "Step 120 of 345", "35 %" without a unit, "" when nothing is known.
QString progressText(const Progress& progress);
// Finished share of the stage in [0, 1]; negative when the total is not known.
double progressShare(const Progress& progress);

}  // namespace lottery::gui
