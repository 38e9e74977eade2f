// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers of an analysis as one reads them, and as JSON has them. Undefined is "–" and null.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/mask_analysis.h"
#include "core/base/json.h"
#include "core/data/task.h"
#include "core/statistics/sample.h"

namespace lottery {

inline constexpr const char* kUndefined = "–";

std::string decimals(double value, const char* format = "%.2f");
std::string value_text(const std::optional<double>& value, const char* format = "%.3f");
std::string p_text(const std::optional<double>& p);
std::string spread_text(const MeanDeviation& value);                                              // "3.20 ± 1.30"
std::string interval_text(const std::optional<Interval>& interval, const char* format = "%.3f");  // "0.120 to 0.480"
std::string name_of(TaskId task);
const char* noun(MaskedComponents components);  // "heads", "MLPs"
std::string counted(std::size_t count, const char* one, const char* many);

Json optional_json(const std::optional<double>& value);
Json interval_json(const std::optional<Interval>& interval);  // [low, high]
Json names_json(const std::vector<TaskId>& tasks);

}  // namespace lottery
