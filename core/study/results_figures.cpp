// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/results_figures.h"

#include <string>

#include "core/analysis/experiments.h"
#include "core/figures/bar_figure.h"
#include "core/figures/writers.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

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

bool belongs(const ExperimentResults& results, ExperimentFamily family) {
    const auto* info = find_experiment(results.name);
    if (info == nullptr) return false;
    return info->family == ExperimentFamily::Reference || info->family == family;
}

BarContent content_of(const std::vector<ExperimentResults>& results, ExperimentFamily family,
                      const std::string& title) {
    BarContent content;
    content.title = title;
    content.value_label = "score on dev";
    std::vector<const ExperimentResults*> shown;
    for (const auto& experiment : results)
        if (belongs(experiment, family)) shown.push_back(&experiment);
    for (const auto* experiment : shown) content.series.push_back(experiment_label(experiment->name));
    for (const auto& task : all_tasks()) {
        BarGroup group{std::string(task.name), {}};
        bool any = false;
        for (const auto* experiment : shown) {
            group.values.push_back(values_of(*experiment, task));
            any = any || !group.values.back().empty();
        }
        if (any) content.groups.push_back(std::move(group));
    }
    return content;
}

bool has_family(const std::vector<ExperimentResults>& results, ExperimentFamily family) {
    for (const auto& experiment : results)
        if (const auto* info = find_experiment(experiment.name); info != nullptr && info->family == family) return true;
    return false;
}

}  // namespace

Result<std::vector<fs::path>> write_result_figures(const fs::path& folder,
                                                   const std::vector<ExperimentResults>& results,
                                                   const FigureMetadata& metadata) {
    struct Plan {
        ExperimentFamily family;
        const char* file;
        const char* title;
    };
    FigureStyle style;
    style.width_mm = two_columns_mm;
    std::vector<fs::path> files;
    for (const auto& [family, file, title] :
         {Plan{ExperimentFamily::Structured, "results", "Subnetworks of heads and MLPs"},
          Plan{ExperimentFamily::Super, "results_super", "Subnetworks that all seeds have in common"},
          Plan{ExperimentFamily::Magnitude, "results_magnitude", "Subnetworks of weights"}}) {
        // The first is there always: also where only full models were evaluated.
        if (family != ExperimentFamily::Structured && !has_family(results, family)) continue;
        FigureMetadata with_title = metadata;
        with_title["title"] = title;
        files.push_back(folder / (std::string(file) + ".svg"));
        LOTTERY_CHECK(write_figure(files.back(), bar_figure(content_of(results, family, title), style), with_title));
    }
    return files;
}

}  // namespace lottery
