// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace lottery {

// Metric name as published ("acc", "f1", "acc_and_f1", "mcc", "pearson", "spearmanr", "corr", "mnli_acc",
// "mnli-mm_acc") → value. NaN where undefined.
using Metrics = std::map<std::string, double>;

}  // namespace lottery
