// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/result_bars.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lottery {
namespace {

constexpr int kPanelsInARow = 3;

std::vector<double> values_of(const ExperimentResults& results, const TaskInfo& task) {
    const std::string metric(table_metric(task));
    std::vector<double> values;
    if (const auto seeds = results.per_seed.find(task.id); seeds != results.per_seed.end()) {
        for (const auto& [seed, metrics] : seeds->second)
            if (const auto found = metrics.find(metric); found != metrics.end()) values.push_back(found->second);
    } else if (const auto summary = results.summary.find(task.id); summary != results.summary.end()) {
        if (const auto found = summary->second.find(metric); found != summary->second.end())
            values.push_back(found->second.mean);
    }
    return values;
}

// Of a mean without its seeds; NaN otherwise. The majority class does not vary.
double given_deviation(const ExperimentResults& results, const TaskInfo& task) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (results.name == kMajorityExperiment || results.per_seed.contains(task.id)) return kNone;
    const auto summary = results.summary.find(task.id);
    if (summary == results.summary.end()) return kNone;
    const auto found = summary->second.find(std::string(table_metric(task)));
    return found == summary->second.end() ? kNone : found->second.deviation;
}

// The place of an experiment among those of its figure, present or not; -1 where it does not belong there.
int place_in(const std::string& name, ExperimentFamily family) {
    int place = 0;
    for (const auto& info : all_experiments()) {
        if (info.family != ExperimentFamily::Reference && info.family != family) continue;
        if (info.name == name) return place;
        ++place;
    }
    return -1;
}

std::vector<const ExperimentResults*> shown_in(const std::vector<ExperimentResults>& results, ExperimentFamily family) {
    std::vector<const ExperimentResults*> shown;
    for (const auto& experiment : results)
        if (place_in(experiment.name, family) >= 0) shown.push_back(&experiment);
    std::ranges::sort(shown, {}, [family](const auto* experiment) { return place_in(experiment->name, family); });
    return shown;
}

// Size of the subnetworks: of the first that has one, the others are as large.
std::string size_note(const std::vector<const ExperimentResults*>& shown, TaskId task) {
    for (const auto* experiment : shown) {
        const auto seeds = experiment->kept_share.find(task);
        const auto* info = find_experiment(experiment->name);
        if (info->family == ExperimentFamily::Reference || seeds == experiment->kept_share.end()) continue;
        double sum = 0.0;
        for (const auto& [seed, share] : seeds->second) sum += share;
        return std::to_string(std::lround(100.0 * sum / static_cast<double>(seeds->second.size()))) + "% kept";
    }
    return {};
}

}  // namespace

BarContent result_bars(const std::vector<ExperimentResults>& results, ExperimentFamily family,
                       const std::vector<TaskId>& tasks) {
    BarContent content;
    content.title = family_title(family);
    content.value_label = "score on dev";
    const auto shown = shown_in(results, family);
    for (const auto* experiment : shown) {
        content.series.push_back(experiment_label(experiment->name));
        content.looks.push_back(static_cast<std::size_t>(place_in(experiment->name, family)));
    }
    for (const TaskId id : bar_tasks(results, family, tasks)) {
        const TaskInfo& task = task_info(id);
        BarGroup group{std::string(task.name), {}};
        group.value_label = metric_name(std::string(table_metric(task)));
        group.note = size_note(shown, id);
        for (const auto* experiment : shown) {
            group.values.push_back(values_of(*experiment, task));
            group.deviations.push_back(given_deviation(*experiment, task));
        }
        content.groups.push_back(std::move(group));
    }
    content.columns = std::clamp(static_cast<int>(content.groups.size()), 1, kPanelsInARow);
    return content;
}

std::vector<std::string> bar_experiments(const std::vector<ExperimentResults>& results, ExperimentFamily family) {
    std::vector<std::string> names;
    for (const auto* experiment : shown_in(results, family)) names.push_back(experiment->name);
    return names;
}

std::vector<TaskId> bar_tasks(const std::vector<ExperimentResults>& results, ExperimentFamily family,
                              const std::vector<TaskId>& tasks) {
    const auto shown = shown_in(results, family);
    std::vector<TaskId> found;
    for (const auto& task : all_tasks()) {
        if (!tasks.empty() && std::ranges::find(tasks, task.id) == tasks.end()) continue;
        if (std::ranges::any_of(shown, [&](const auto* experiment) { return !values_of(*experiment, task).empty(); }))
            found.push_back(task.id);
    }
    return found;
}

bool has_family(const std::vector<ExperimentResults>& results, ExperimentFamily family) {
    return std::ranges::any_of(results, [family](const ExperimentResults& experiment) {
        const auto* info = find_experiment(experiment.name);
        return info != nullptr && info->family == family;
    });
}

std::string_view family_title(ExperimentFamily family) {
    switch (family) {
        case ExperimentFamily::Super:
            return "Subnetworks that all seeds have in common";
        case ExperimentFamily::Magnitude:
            return "Subnetworks of weights";
        case ExperimentFamily::Structured:
        case ExperimentFamily::Reference:
            break;
    }
    return "Subnetworks of heads and MLPs";
}

}  // namespace lottery
