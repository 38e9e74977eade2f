// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_words.h"
#include "core/analysis/importance_analysis.h"

namespace lottery {
namespace {

Json to_json(const Distribution& d) {
    return {{"count", d.count},
            {"mean", d.mean},
            {"std", optional_json(d.deviation)},
            {"quartiles", {d.low, d.quarter, d.median, d.three_quarters, d.high}},
            {"histogram", d.histogram}};
}

}  // namespace

Json to_json(const ImportanceAnalysis& analysis) {
    Json tasks = Json::object();
    for (const auto& task : analysis.tasks) {
        Json seeds = Json::object();
        for (const auto& seed : task.seeds) {
            Json steps = Json::array();
            for (const auto& step : seed.steps) {
                Json entry = to_json(step.scores);
                entry["step"] = step.step;
                entry["overlap_with_full"] = optional_json(step.overlap_with_full);
                steps.push_back(std::move(entry));
            }
            seeds[std::to_string(seed.seed)] = {{"full", seed.scores ? to_json(*seed.scores) : Json(nullptr)},
                                                {"steps", std::move(steps)}};
        }
        Json pairs = Json::array();
        for (const auto& pair : task.pairs)
            pairs.push_back({{"seeds", {pair.first, pair.second}}, {"overlap", optional_json(pair.overlap)}});
        tasks[name_of(task.task)] = {{"seeds", std::move(seeds)},
                                     {"pairs", std::move(pairs)},
                                     {"mean_overlap", optional_json(task.mean_overlap)},
                                     {"interval", interval_json(task.interval)},
                                     {"expected_overlap", optional_json(task.expected_overlap)}};
    }
    return {{"components", to_string(analysis.components)},
            {"all", analysis.all},
            {"persistence", analysis.persistence},
            {"tasks", std::move(tasks)}};
}

}  // namespace lottery
