// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_words.h"

#include <cstdio>

namespace lottery {

std::string decimals(double value, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string value_text(const std::optional<double>& value, const char* format) {
    return value ? decimals(*value, format) : kUndefined;
}

std::string p_text(const std::optional<double>& p) {
    if (!p) return kUndefined;
    return *p < 0.001 ? decimals(*p, "%.1e") : decimals(*p, "%.3f");
}

std::string spread_text(const MeanDeviation& value) {
    return decimals(value.mean) + (value.deviation ? " ± " + decimals(*value.deviation) : "");
}

std::string interval_text(const std::optional<Interval>& interval, const char* format) {
    return interval ? decimals(interval->low, format) + " to " + decimals(interval->high, format) : kUndefined;
}

std::string name_of(TaskId task) { return std::string(task_info(task).name); }

const char* noun(MaskedComponents components) { return components == MaskedComponents::Heads ? "heads" : "MLPs"; }

std::string counted(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json interval_json(const std::optional<Interval>& interval) {
    return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json names_json(const std::vector<TaskId>& tasks) {
    Json names = Json::array();
    for (const auto task : tasks) names.push_back(task_info(task).name);
    return names;
}

}  // namespace lottery
