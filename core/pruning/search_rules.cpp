// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/search_rules.h"

#include <cmath>
#include <cstdio>

namespace lottery {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

}  // namespace

Status check_full_score(Mode mode, const std::string& metric, double full_score, double threshold_score, double chance,
                        ProgressSink& progress) {
    if (full_score > chance && threshold_score < chance)
        progress.on_message(Severity::Warning, "the threshold, " + number(threshold_score) + ", lies below chance (" +
                                                   number(chance) +
                                                   "): masks will be kept that know nothing of the task. Fine-tune "
                                                   "the model further, or raise --threshold");
    if (mode == Mode::Published || full_score > chance) return ok();
    return Error{"the full model's " + metric + " is " + number(full_score) + ", not above chance (" + number(chance) +
                     "): 90% of nothing cannot be kept",
                 "mask search",
                 "Fine-tune the model further, or search with --mode published, which goes on all the same"};
}

double score_or_worst(double score, double worst, const std::string& metric, int step, ProgressSink& progress) {
    if (!std::isnan(score)) return score;
    progress.on_message(Severity::Warning, "step " + std::to_string(step) + ": " + metric +
                                               " is undefined (constant predictions); it counts as the worst score, " +
                                               number(worst));
    return worst;
}

}  // namespace lottery
