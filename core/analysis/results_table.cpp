// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/results_table.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "core/analysis/analysis_words.h"
#include "core/analysis/experiments.h"
#include "core/analysis/html.h"
#include "core/analysis/text_table.h"
#include "core/statistics/student.h"

namespace lottery {
namespace {

std::map<std::string, ScoreCell> cells_of(const ExperimentResults& results, TaskId task) {
    std::map<std::string, ScoreCell> cells;
    std::vector<std::uint64_t> degenerate;
    if (const auto shares = results.predicted_share.find(task); shares != results.predicted_share.end())
        for (const auto& [seed, share] : shares->second)
            if (!degenerate_class(share).empty()) degenerate.push_back(seed);

    if (const auto seeds = results.per_seed.find(task); seeds != results.per_seed.end()) {
        std::map<std::string, std::vector<double>> columns;
        for (const auto& [seed, metrics] : seeds->second)
            for (const auto& [metric, value] : metrics) columns[metric].push_back(value);
        for (const auto& [metric, column] : columns) {
            const Spread s = spread(column, 1);
            ScoreCell cell{s.mean, std::nullopt, 1, static_cast<int>(column.size()), degenerate, std::nullopt};
            if (column.size() > 1) cell.deviation = s.deviation;
            cell.interval = mean_interval({cell.seeds, s.mean, s.deviation});
            cells.emplace(metric, std::move(cell));
        }
    } else if (const auto summary = results.summary.find(task); summary != results.summary.end()) {
        for (const auto& [metric, s] : summary->second) {
            ScoreCell cell{s.mean, s.deviation, 0, 0, degenerate, std::nullopt};
            if (results.name == kMajorityExperiment) cell.deviation.reset();
            cells.emplace(metric, std::move(cell));
        }
    }
    return cells;
}

const ScoreCell* shown_cell(const ScoreRow& row, TaskId task) {
    const auto of_task = row.cells.find(task);
    if (of_task == row.cells.end()) return nullptr;
    const auto cell = of_task->second.find(std::string(table_metric(task_info(task))));
    return cell == of_task->second.end() ? nullptr : &cell->second;
}

std::string three_decimals(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

// What the shown cells have in common, for the remarks below a table.
struct Remarks {
    bool interval = false;    // in place of a deviation
    bool sample = false;      // a deviation of ddof 1
    bool population = false;  // of ddof 0
    std::vector<std::string> degenerate;

    [[nodiscard]] bool mixed() const { return (sample || interval) && population; }
};

Remarks remarks_on(const ScoreTable& table) {
    Remarks remarks;
    for (const auto& row : table.rows)
        for (const auto task : table.tasks) {
            const auto* cell = shown_cell(row, task);
            if (cell == nullptr) continue;
            if (table.shown == ShownSpread::Interval && cell->interval)
                remarks.interval = true;
            else if (cell->deviation)
                (cell->ddof == 1 ? remarks.sample : remarks.population) = true;
            for (const auto seed : cell->degenerate_seeds)
                remarks.degenerate.push_back(row.label + " " + std::string(task_info(task).name) + " seed " +
                                             std::to_string(seed));
        }
    return remarks;
}

struct Marks {
    std::string plus_minus, population, degenerate;
};
const Marks kPlainMarks{" ± ", "†", "!"};

std::string cell_text(const ScoreCell* cell, ShownSpread shown, const Remarks& remarks, const Marks& marks) {
    if (cell == nullptr) return {};
    std::string text = three_decimals(cell->mean);
    if (shown == ShownSpread::Interval && cell->interval)
        text += " [" + three_decimals(cell->interval->low) + ", " + three_decimals(cell->interval->high) + "]";
    else if (cell->deviation)
        text += marks.plus_minus + three_decimals(*cell->deviation);
    if (cell->deviation && cell->ddof == 0 && remarks.mixed()) text += marks.population;
    if (!cell->degenerate_seeds.empty()) text += marks.degenerate;
    return text;
}

std::vector<std::string> notes(const Remarks& remarks, const Marks& marks) {
    std::vector<std::string> lines;
    if (remarks.interval)
        lines.emplace_back("[ ] is the 95% confidence interval of the mean over seeds, by Student's t.");
    if (remarks.sample) lines.emplace_back("± is the standard deviation over seeds (ddof 1).");
    if (remarks.population)
        lines.push_back(std::string(remarks.mixed() ? marks.population + " is" : "± is") +
                        " the population standard deviation (ddof 0): results.json is there without per_seed.json.");
    if (!remarks.degenerate.empty()) {
        std::string line = marks.degenerate + " predicts one class in more than 99% of the examples: ";
        for (std::size_t i = 0; i < remarks.degenerate.size(); ++i) line += (i ? "; " : "") + remarks.degenerate[i];
        lines.push_back(line + ".");
    }
    return lines;
}

TextCells all_cells(const ScoreTable& table, const Remarks& remarks, const Marks& marks) {
    TextCells cells(2);
    cells[0].emplace_back();
    cells[1].emplace_back();
    for (const auto task : table.tasks) {
        cells[0].emplace_back(task_info(task).name);
        cells[1].emplace_back(table_metric(task_info(task)));
    }
    for (const auto& row : table.rows) {
        cells.push_back({row.label});
        for (const auto task : table.tasks)
            cells.back().push_back(cell_text(shown_cell(row, task), table.shown, remarks, marks));
    }
    return cells;
}

// The tasks and below them their metrics, as one row.
TextCells with_one_header(TextCells cells) {
    for (std::size_t i = 1; i < cells[0].size(); ++i) cells[0][i] += " " + cells[1][i];
    cells.erase(cells.begin() + 1);
    return cells;
}

}  // namespace

ScoreTable score_table(std::vector<ExperimentResults> results, const std::vector<TaskId>& tasks) {
    sort_experiments(results);
    ScoreTable table;
    std::set<TaskId> found;
    for (const auto& experiment : results) {
        ScoreRow row{experiment.name, experiment_label(experiment.name), {}};
        for (const auto& task : all_tasks()) {
            if (!tasks.empty() && std::find(tasks.begin(), tasks.end(), task.id) == tasks.end()) continue;
            auto cells = cells_of(experiment, task.id);
            if (cells.empty()) continue;
            found.insert(task.id);
            row.cells.emplace(task.id, std::move(cells));
        }
        if (!row.cells.empty()) table.rows.push_back(std::move(row));
    }
    for (const auto& task : all_tasks())
        if (found.contains(task.id)) table.tasks.push_back(task.id);
    return table;
}

std::string text_of(const ScoreTable& table) {
    const Remarks remarks = remarks_on(table);
    std::string text = aligned_text(all_cells(table, remarks, kPlainMarks));
    for (const auto& line : notes(remarks, kPlainMarks)) text += "\n" + line;
    return text.ends_with("\n") ? text : text + "\n";
}

std::string markdown_of(const ScoreTable& table) {
    const Remarks remarks = remarks_on(table);
    std::string text = markdown_text(with_one_header(all_cells(table, remarks, kPlainMarks)));
    for (const auto& line : notes(remarks, kPlainMarks)) text += "\n" + line + "\n";
    return text;
}

std::string html_of(const ScoreTable& table) {
    const Remarks remarks = remarks_on(table);
    std::string html = html_table(with_one_header(all_cells(table, remarks, kPlainMarks)));
    for (const auto& line : notes(remarks, kPlainMarks)) html += html_paragraph(line);
    return html;
}

std::string latex_of(const ScoreTable& table) {
    const Marks marks{" \\pm ", "^{\\dagger}", "^{!}"};
    const Remarks remarks = remarks_on(table);
    const TextCells cells = all_cells(table, remarks, marks);
    std::string text = "\\begin{tabular}{l" + std::string(table.tasks.size(), 'r') + "}\n\\toprule\n";
    for (std::size_t r = 0; r < cells.size(); ++r) {
        for (std::size_t i = 0; i < cells[r].size(); ++i) {
            const auto& cell = cells[r][i];
            const bool number = r >= 2 && i > 0 && !cell.empty();
            text += (i ? " & " : "") + (number ? "$" + cell + "$" : latex_escaped(cell));
        }
        text += " \\\\\n";
        if (r == 1) text += "\\midrule\n";
    }
    text += "\\bottomrule\n\\end{tabular}\n";
    for (const auto& line : notes(remarks, {" ± ", "dagger", "!"})) text += "% " + line + "\n";
    return text;
}

DataTable data_of(const ScoreTable& table) {
    DataTable data;
    data.columns = {"experiment", "label",   "task",     "metric",          "mean", "standard deviation", "ddof",
                    "seeds",      "95% low", "95% high", "degenerate seeds"};
    const auto bound = [](const ScoreCell& cell, double Interval::*which) {
        return cell.interval ? DataCell((*cell.interval).*which) : DataCell(std::string());
    };
    for (const auto& row : table.rows)
        for (const auto task : table.tasks) {
            const auto cells = row.cells.find(task);
            if (cells == row.cells.end()) continue;
            for (const auto& [metric, cell] : cells->second) {
                std::string degenerate;
                for (const auto seed : cell.degenerate_seeds)
                    degenerate += (degenerate.empty() ? "" : " ") + std::to_string(seed);
                data.rows.push_back({row.name, row.label, std::string(task_info(task).name), metric, cell.mean,
                                     cell.deviation ? DataCell(*cell.deviation) : DataCell(std::string()),
                                     cell.deviation ? DataCell(std::int64_t{cell.ddof}) : DataCell(std::string()),
                                     cell.seeds > 0 ? DataCell(std::int64_t{cell.seeds}) : DataCell(std::string()),
                                     bound(cell, &Interval::low), bound(cell, &Interval::high), degenerate});
            }
        }
    return data;
}

Json to_json(const ScoreTable& table) {
    Json tasks = Json::array();
    for (const auto task : table.tasks) tasks.push_back(task_info(task).name);
    Json experiments = Json::array();
    for (const auto& row : table.rows) {
        Json scores = Json::object();
        Json degenerate = Json::object();
        for (const auto& [task, cells] : row.cells) {
            const std::string name(task_info(task).name);
            for (const auto& [metric, cell] : cells) {
                scores[name][metric] = {{"mean", cell.mean},
                                        {"std", cell.deviation ? Json(*cell.deviation) : Json(nullptr)},
                                        {"ddof", cell.ddof},
                                        {"seeds", cell.seeds > 0 ? Json(cell.seeds) : Json(nullptr)},
                                        {"interval", interval_json(cell.interval)}};
                if (!cell.degenerate_seeds.empty()) degenerate[name] = cell.degenerate_seeds;
            }
        }
        experiments.push_back(
            {{"name", row.name}, {"label", row.label}, {"tasks", scores}, {"degenerate_seeds", degenerate}});
    }
    return {{"tasks", tasks}, {"experiments", experiments}};
}

}  // namespace lottery
