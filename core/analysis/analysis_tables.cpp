// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_tables.h"

#include <utility>

#include "core/analysis/analysis_words.h"

namespace lottery {
namespace {

DataCell number_cell(const std::optional<double>& value) { return value ? DataCell(*value) : DataCell(std::string()); }
DataCell low_cell(const std::optional<Interval>& interval) {
    return interval ? DataCell(interval->low) : DataCell(std::string());
}
DataCell high_cell(const std::optional<Interval>& interval) {
    return interval ? DataCell(interval->high) : DataCell(std::string());
}

std::vector<DataCell> spread_cells(const MeanDeviation& value) {
    return {value.mean, number_cell(value.deviation), low_cell(value.interval), high_cell(value.interval)};
}

void append(std::vector<DataCell>& to, const std::vector<DataCell>& cells) {
    to.insert(to.end(), cells.begin(), cells.end());
}

std::string seeds_text(const TaskSize& task) {
    std::string seeds;
    for (std::size_t i = 0; i < task.seeds.size(); ++i)
        seeds += (i ? ", " : "") + std::to_string(task.seeds[i]) + ": " + std::to_string(task.kept[i]);
    return seeds;
}

std::optional<double> p_of(const std::optional<CochranTest>& test) {
    return test ? std::optional(test->p_value) : std::nullopt;
}
std::optional<double> q_of(const std::optional<CochranTest>& test) {
    return test ? std::optional(test->q) : std::nullopt;
}

void append_distribution(std::vector<std::string>& to, const Distribution& d) {
    to.push_back(spread_text({d.mean, d.deviation, std::nullopt}));
    for (const double value : {d.low, d.quarter, d.median, d.three_quarters, d.high}) to.push_back(decimals(value));
}

void append_distribution_header(std::vector<std::string>& to) {
    to.insert(to.end(), {"mean", "min", "25%", "median", "75%", "max"});
}

}  // namespace

AnalysisTables tables_of(const Survival& s) {
    TextCells cells(1, {"layer"});
    for (int c = 0; c < s.columns; ++c)
        cells[0].push_back(s.components == MaskedComponents::Mlps ? "MLP" : "head " + std::to_string(c + 1));
    for (int r = 0; r < s.rows; ++r) {
        cells.push_back({std::to_string(r + 1)});
        for (int c = 0; c < s.columns; ++c)
            cells.back().push_back(spread_text(s.values[static_cast<std::size_t>(r * s.columns + c)]));
    }
    return {{std::move(cells), "In how many of " + counted(s.tasks.size(), "task", "tasks") +
                                   " each survives: mean ± standard deviation (ddof 1) over " +
                                   counted(s.seeds.size(), "seed", "seeds") + ". Over all " + noun(s.components) +
                                   ": mean " + decimals(s.mean_of_means(), "%.3f") + ", mean deviation " +
                                   value_text(s.mean_of_deviations(), "%.4f") + "."}};
}

AnalysisTables tables_of(const Overlap& overlap) {
    TextCells cells(1, {""});
    for (const auto task : overlap.tasks) cells[0].push_back(name_of(task));
    for (std::size_t r = 0; r < overlap.tasks.size(); ++r) {
        cells.push_back({name_of(overlap.tasks[r])});
        for (std::size_t c = 0; c < overlap.tasks.size(); ++c)
            cells.back().push_back(c > r ? "" : spread_text(overlap.values[r][c]));
    }
    return {{std::move(cells), "How many of the " + std::to_string(overlap.all) + " " + noun(overlap.components) +
                                   " survive in both tasks: mean ± standard deviation (ddof 1) over " +
                                   counted(overlap.seeds.size(), "seed", "seeds") +
                                   "; the diagonal is a task's own size."}};
}

AnalysisTables tables_of(const Sizes& sizes) {
    TextCells cells{{"task", "kept", "95% interval", "share", "by seed"}};
    for (const auto& task : sizes.tasks)
        cells.push_back({name_of(task.task), spread_text(task.size), interval_text(task.size.interval, "%.1f"),
                         decimals(100 * task.size.mean / sizes.all, "%.1f") + "%", seeds_text(task)});
    return {{std::move(cells), "Of " + std::to_string(sizes.all) + " " + noun(sizes.components) +
                                   ", mean ± standard deviation (ddof 1) over seeds; the interval is the mean's "
                                   "bootstrap over seeds."}};
}

AnalysisTables tables_of(const Agreement& agreement) {
    const std::string components = noun(agreement.components);
    AnalysisTables tables;
    TextCells cells{{"task", "kept", "Cochran's Q", "p", "Fleiss' κ", "Krippendorff's α", "95% interval of α"}};
    for (const auto& task : agreement.tasks)
        cells.push_back({name_of(task.size.task), spread_text(task.size.size), value_text(q_of(task.cochran), "%.2f"),
                         p_text(p_of(task.cochran)), value_text(task.fleiss_kappa), value_text(task.krippendorff_alpha),
                         interval_text(task.alpha_interval)});
    tables.push_back({std::move(cells), "Over seeds. Q tests whether all seeds keep the same share of " + components +
                                            "; – is undefined (nothing differs). Intervals: bootstrap over " +
                                            components + "."});
    TextCells pairs{{"task", "seeds", "Q", "p", "p (Holm)"}};
    for (const auto& task : agreement.tasks)
        for (const auto& pair : task.pairs)
            pairs.push_back({name_of(task.size.task), std::to_string(pair.first) + ", " + std::to_string(pair.second),
                             value_text(q_of(pair.test), "%.2f"), p_text(p_of(pair.test)), p_text(pair.holm)});
    if (pairs.size() > 1) tables.push_back({std::move(pairs), {}});
    TextCells tasks{{"tasks", "Krippendorff's α", "Jaccard", "95% interval", "expected"}};
    for (const auto& pair : agreement.task_pairs)
        tasks.push_back({name_of(pair.first) + ", " + name_of(pair.second), value_text(pair.krippendorff_alpha),
                         value_text(pair.jaccard), interval_text(pair.jaccard_interval),
                         value_text(pair.expected_jaccard)});
    if (tasks.size() > 1)
        tables.push_back({std::move(tasks),
                          "Jaccard: mean over common seeds; expected: of random masks of the same "
                          "sizes."});
    return tables;
}

AnalysisTables tables_of(const ImportanceAnalysis& analysis) {
    TextCells scores(1, {"task", "seed"});
    append_distribution_header(scores[0]);
    TextCells ranks{{"task", "seeds", "overlap of ranks", "95% interval", "expected by chance"}};
    TextCells steps(1, {"task", "seed", "step", "overlap of ranks with step 0"});
    append_distribution_header(steps[0]);
    for (const auto& task : analysis.tasks) {
        for (const auto& seed : task.seeds) {
            if (seed.scores) {
                scores.push_back({name_of(task.task), std::to_string(seed.seed)});
                append_distribution(scores.back(), *seed.scores);
            }
            for (const auto& step : seed.steps) {
                steps.push_back({name_of(task.task), std::to_string(seed.seed), std::to_string(step.step),
                                 value_text(step.overlap_with_full)});
                append_distribution(steps.back(), step.scores);
            }
        }
        ranks.push_back({name_of(task.task), std::to_string(task.seeds.size()), value_text(task.mean_overlap),
                         interval_text(task.interval), value_text(task.expected_overlap)});
    }
    AnalysisTables tables{
        {std::move(scores), "Importance of the " + std::to_string(analysis.all) + " " + noun(analysis.components) +
                                " in the full model: mean ± standard deviation (ddof 1), quartiles."},
        {std::move(ranks), "Rank-biased overlap with persistence " + decimals(analysis.persistence, "%g") +
                               ", 1 for equal rankings; mean over pairs of seeds, its bootstrap over seeds."}};
    if (steps.size() > 1) tables.push_back({std::move(steps), {}});
    return tables;
}

std::string text_of(const AnalysisTables& tables) {
    std::string text;
    for (const auto& table : tables) {
        if (!text.empty()) text += "\n";
        text += aligned_text(table.cells);
        if (!table.note.empty()) text += "\n" + table.note + "\n";
    }
    return text;
}

std::string markdown_of(const AnalysisTables& tables) {
    std::string text;
    for (const auto& table : tables) {
        if (!text.empty()) text += "\n";
        text += markdown_text(table.cells);
        if (!table.note.empty()) text += "\n" + table.note + "\n";
    }
    return text;
}

std::string latex_of(const AnalysisTables& tables) {
    std::string text;
    for (const auto& table : tables) {
        if (!text.empty()) text += "\n";
        text += latex_text(table.cells);
        if (!table.note.empty()) text += "% " + table.note + "\n";
    }
    return text;
}

DataTable data_of(const Survival& s) {
    DataTable data;
    data.columns = {"layer", "head", "mean", "standard deviation", "95% low", "95% high"};
    for (int r = 0; r < s.rows; ++r)
        for (int c = 0; c < s.columns; ++c) {
            std::vector<DataCell> row{std::int64_t{r + 1}, s.components == MaskedComponents::Mlps
                                                               ? DataCell(std::string("MLP"))
                                                               : DataCell(std::int64_t{c + 1})};
            append(row, spread_cells(s.values[static_cast<std::size_t>(r * s.columns + c)]));
            data.rows.push_back(std::move(row));
        }
    return data;
}

DataTable data_of(const Overlap& overlap) {
    DataTable data;
    data.columns = {"task", "other task", "mean", "standard deviation", "95% low", "95% high"};
    for (std::size_t r = 0; r < overlap.tasks.size(); ++r)
        for (std::size_t c = 0; c <= r; ++c) {
            std::vector<DataCell> row{name_of(overlap.tasks[r]), name_of(overlap.tasks[c])};
            append(row, spread_cells(overlap.values[r][c]));
            data.rows.push_back(std::move(row));
        }
    return data;
}

DataTable data_of(const Sizes& sizes) {
    DataTable data;
    data.columns = {"task", "seed", "kept", "share"};
    for (const auto& task : sizes.tasks)
        for (std::size_t i = 0; i < task.seeds.size(); ++i)
            data.rows.push_back({name_of(task.task), std::to_string(task.seeds[i]), std::int64_t{task.kept[i]},
                                 static_cast<double>(task.kept[i]) / sizes.all});
    return data;
}

DataTable data_of(const Agreement& agreement) {
    DataTable data;
    data.columns = {"of",
                    "first",
                    "second",
                    "Cochran's Q",
                    "p",
                    "p (Holm)",
                    "Fleiss' kappa",
                    "Krippendorff's alpha",
                    "alpha 95% low",
                    "alpha 95% high",
                    "Jaccard",
                    "Jaccard 95% low",
                    "Jaccard 95% high",
                    "expected Jaccard"};
    const DataCell none{std::string()};
    for (const auto& task : agreement.tasks)
        data.rows.push_back({std::string("task"), name_of(task.size.task), none, number_cell(q_of(task.cochran)),
                             number_cell(p_of(task.cochran)), none, number_cell(task.fleiss_kappa),
                             number_cell(task.krippendorff_alpha), low_cell(task.alpha_interval),
                             high_cell(task.alpha_interval), none, none, none, none});
    for (const auto& task : agreement.tasks)
        for (const auto& pair : task.pairs)
            data.rows.push_back({"seeds of " + name_of(task.size.task), std::to_string(pair.first),
                                 std::to_string(pair.second), number_cell(q_of(pair.test)),
                                 number_cell(p_of(pair.test)), number_cell(pair.holm), none, none, none, none, none,
                                 none, none, none});
    for (const auto& pair : agreement.task_pairs)
        data.rows.push_back({std::string("tasks"), name_of(pair.first), name_of(pair.second), none, none, none, none,
                             number_cell(pair.krippendorff_alpha), none, none, number_cell(pair.jaccard),
                             low_cell(pair.jaccard_interval), high_cell(pair.jaccard_interval),
                             number_cell(pair.expected_jaccard)});
    return data;
}

DataTable data_of(const ImportanceAnalysis& analysis) {
    DataTable data;
    data.columns = {"task",    "seed", "step",   "count", "mean",    "standard deviation",
                    "minimum", "25%",  "median", "75%",   "maximum", "overlap with the full model"};
    const auto add = [&](TaskId task, std::uint64_t seed, int step, const Distribution& d,
                         const std::optional<double>& overlap) {
        const auto cell = [](const std::optional<double>& value) {
            return value ? DataCell(*value) : DataCell(std::string());
        };
        data.rows.push_back({name_of(task), std::to_string(seed), std::int64_t{step}, std::int64_t{d.count}, d.mean,
                             cell(d.deviation), d.low, d.quarter, d.median, d.three_quarters, d.high, cell(overlap)});
    };
    for (const auto& task : analysis.tasks)
        for (const auto& seed : task.seeds) {
            if (seed.steps.empty() && seed.scores) add(task.task, seed.seed, 0, *seed.scores, 1.0);
            for (const auto& step : seed.steps)
                add(task.task, seed.seed, step.step, step.scores, step.overlap_with_full);
        }
    return data;
}

}  // namespace lottery
