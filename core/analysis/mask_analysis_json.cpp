// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_words.h"
#include "core/analysis/mask_analysis.h"

namespace lottery {
namespace {

// [rows][columns], or [rows] where there is one column of MLPs.
template <typename Value>
Json nested(const Survival& s, Value value) {
    Json rows = Json::array();
    for (int r = 0; r < s.rows; ++r) {
        Json row = Json::array();
        for (int c = 0; c < s.columns; ++c) row.push_back(value(s.values[static_cast<std::size_t>(r * s.columns + c)]));
        if (s.components == MaskedComponents::Mlps)
            rows.push_back(row[0]);
        else
            rows.push_back(row);
    }
    return rows;
}

}  // namespace

Json to_json(const Survival& s) {
    return {{"components", to_string(s.components)},
            {"tasks", names_json(s.tasks)},
            {"seeds", s.seeds},
            {"mean", nested(s, [](const MeanDeviation& v) { return Json(v.mean); })},
            {"std", nested(s, [](const MeanDeviation& v) { return optional_json(v.deviation); })},
            {"interval", nested(s, [](const MeanDeviation& v) { return interval_json(v.interval); })},
            {"mean_of_means", s.mean_of_means()},
            {"mean_of_stds", optional_json(s.mean_of_deviations())}};
}

Json to_json(const Overlap& overlap) {
    const auto matrix = [&](auto&& number) {
        Json rows = Json::array();
        for (const auto& row : overlap.values) {
            rows.push_back(Json::array());
            for (const auto& value : row) rows.back().push_back(number(value));
        }
        return rows;
    };
    return {{"components", to_string(overlap.components)},
            {"all", overlap.all},
            {"tasks", names_json(overlap.tasks)},
            {"seeds", overlap.seeds},
            {"mean", matrix([](const MeanDeviation& v) { return Json(v.mean); })},
            {"std", matrix([](const MeanDeviation& v) { return optional_json(v.deviation); })},
            {"interval", matrix([](const MeanDeviation& v) { return interval_json(v.interval); })}};
}

Json to_json(const Sizes& sizes) {
    Json tasks = Json::object();
    for (const auto& task : sizes.tasks)
        tasks[name_of(task.task)] = {{"seeds", task.seeds},
                                     {"kept", task.kept},
                                     {"mean", task.size.mean},
                                     {"std", optional_json(task.size.deviation)},
                                     {"interval", interval_json(task.size.interval)},
                                     {"share", task.size.mean / sizes.all}};
    return {{"components", to_string(sizes.components)}, {"all", sizes.all}, {"tasks", tasks}};
}

Json to_json(const Agreement& agreement) {
    const auto q = [](const std::optional<CochranTest>& t) { return t ? Json(t->q) : Json(nullptr); };
    const auto p = [](const std::optional<CochranTest>& t) { return t ? Json(t->p_value) : Json(nullptr); };
    Json tasks = Json::object();
    for (const auto& task : agreement.tasks) {
        Json pairs = Json::array();
        for (const auto& pair : task.pairs)
            pairs.push_back({{"seeds", {pair.first, pair.second}},
                             {"q", q(pair.test)},
                             {"p_value", p(pair.test)},
                             {"p_holm", optional_json(pair.holm)}});
        tasks[name_of(task.size.task)] = {{"cochran_q", q(task.cochran)},
                                          {"p_value", p(task.cochran)},
                                          {"fleiss_kappa", optional_json(task.fleiss_kappa)},
                                          {"krippendorff_alpha", optional_json(task.krippendorff_alpha)},
                                          {"fleiss_kappa_interval", interval_json(task.kappa_interval)},
                                          {"krippendorff_alpha_interval", interval_json(task.alpha_interval)},
                                          {"seeds", task.size.seeds},
                                          {"kept", task.size.kept},
                                          {"pairs", pairs}};
    }
    Json task_pairs = Json::object();
    for (const auto& pair : agreement.task_pairs)
        task_pairs[name_of(pair.first) + "," + name_of(pair.second)] = {
            {"krippendorff_alpha", optional_json(pair.krippendorff_alpha)},
            {"jaccard", optional_json(pair.jaccard)},
            {"jaccard_interval", interval_json(pair.jaccard_interval)},
            {"expected_jaccard", optional_json(pair.expected_jaccard)}};
    return {{"components", to_string(agreement.components)}, {"tasks", tasks}, {"task_pairs", task_pairs}};
}

}  // namespace lottery
