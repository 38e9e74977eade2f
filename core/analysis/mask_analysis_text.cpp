// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_words.h"
#include "core/analysis/mask_analysis.h"
#include "core/analysis/text_table.h"

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

std::string text_of(const Survival& s) {
    TextCells cells(1, {"layer"});
    for (int c = 0; c < s.columns; ++c)
        cells[0].push_back(s.components == MaskedComponents::Mlps ? "MLP" : "head " + std::to_string(c + 1));
    for (int r = 0; r < s.rows; ++r) {
        cells.push_back({std::to_string(r + 1)});
        for (int c = 0; c < s.columns; ++c)
            cells.back().push_back(spread_text(s.values[static_cast<std::size_t>(r * s.columns + c)]));
    }
    return aligned_text(cells) + "\nIn how many of " + counted(s.tasks.size(), "task", "tasks") +
           " each survives: mean ± standard deviation (ddof 1) over " + counted(s.seeds.size(), "seed", "seeds") +
           ". Over all " + noun(s.components) + ": mean " + decimals(s.mean_of_means(), "%.3f") + ", mean deviation " +
           value_text(s.mean_of_deviations(), "%.4f") + ".\n";
}

std::string text_of(const Overlap& overlap) {
    TextCells cells(1, {""});
    for (const auto task : overlap.tasks) cells[0].push_back(name_of(task));
    for (std::size_t r = 0; r < overlap.tasks.size(); ++r) {
        cells.push_back({name_of(overlap.tasks[r])});
        for (std::size_t c = 0; c < overlap.tasks.size(); ++c)
            cells.back().push_back(c > r ? "" : spread_text(overlap.values[r][c]));
    }
    return aligned_text(cells) + "\nHow many of the " + std::to_string(overlap.all) + " " + noun(overlap.components) +
           " survive in both tasks: mean ± standard deviation (ddof 1) over " +
           counted(overlap.seeds.size(), "seed", "seeds") + "; the diagonal is a task's own size.\n";
}

std::string text_of(const Sizes& sizes) {
    TextCells cells{{"task", "kept", "95% interval", "share", "by seed"}};
    for (const auto& task : sizes.tasks) {
        std::string seeds;
        for (std::size_t i = 0; i < task.seeds.size(); ++i)
            seeds += (i ? ", " : "") + std::to_string(task.seeds[i]) + ": " + std::to_string(task.kept[i]);
        cells.push_back({name_of(task.task), spread_text(task.size), interval_text(task.size.interval, "%.1f"),
                         decimals(100 * task.size.mean / sizes.all, "%.1f") + "%", seeds});
    }
    return aligned_text(cells) + "\nOf " + std::to_string(sizes.all) + " " + noun(sizes.components) +
           ", mean ± standard deviation (ddof 1) over seeds; the interval is the mean's bootstrap over seeds.\n";
}

std::string text_of(const Agreement& agreement) {
    TextCells cells{{"task", "kept", "Cochran's Q", "p", "Fleiss' κ", "Krippendorff's α", "95% interval of α"}};
    for (const auto& task : agreement.tasks)
        cells.push_back({name_of(task.size.task), spread_text(task.size.size),
                         task.cochran ? decimals(task.cochran->q) : kUndefined,
                         p_text(task.cochran ? std::optional(task.cochran->p_value) : std::nullopt),
                         value_text(task.fleiss_kappa), value_text(task.krippendorff_alpha),
                         interval_text(task.alpha_interval)});
    std::string text = aligned_text(cells);
    text += "\nOver seeds. Q tests whether all seeds keep the same share of " +
            std::string(noun(agreement.components)) + "; – is undefined (nothing differs). Intervals: bootstrap over " +
            std::string(noun(agreement.components)) + ".\n";
    TextCells pairs{{"task", "seeds", "Q", "p", "p (Holm)"}};
    for (const auto& task : agreement.tasks)
        for (const auto& pair : task.pairs)
            pairs.push_back({name_of(task.size.task), std::to_string(pair.first) + ", " + std::to_string(pair.second),
                             pair.test ? decimals(pair.test->q) : kUndefined,
                             p_text(pair.test ? std::optional(pair.test->p_value) : std::nullopt), p_text(pair.holm)});
    if (pairs.size() > 1) text += "\n" + aligned_text(pairs);
    TextCells tasks{{"tasks", "Krippendorff's α", "Jaccard", "95% interval", "expected"}};
    for (const auto& pair : agreement.task_pairs)
        tasks.push_back({name_of(pair.first) + ", " + name_of(pair.second), value_text(pair.krippendorff_alpha),
                         value_text(pair.jaccard), interval_text(pair.jaccard_interval),
                         value_text(pair.expected_jaccard)});
    if (tasks.size() > 1)
        text += "\n" + aligned_text(tasks) +
                "\nJaccard: mean over common seeds; expected: of random masks of the same sizes.\n";
    return text;
}

}  // namespace lottery
