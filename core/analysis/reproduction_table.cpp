// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/reproduction_table.h"

#include <cmath>
#include <cstdio>

#include "core/analysis/html.h"
#include "core/analysis/text_table.h"

namespace lottery {
namespace {

constexpr const char* kAssumed = "†";
constexpr std::size_t kWords = 3;  // columns: experiment, task, metric

std::string decimals(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    // A difference that rounds to nothing has no sign.
    return text == std::string("-0.000") ? "0.000" : text;
}

std::string score_text(const ComparedScore& score) {
    if (score.seeds == 0) return {};
    std::string text = decimals(score.mean);
    if (!std::isnan(score.deviation)) text += " ± " + decimals(score.deviation);
    text += " (" + std::to_string(score.seeds) + (score.summary ? kAssumed : "") + ")";
    return text;
}

std::string difference_text(const ComparedCell& cell) {
    if (!cell.difference) return {};
    std::string text = decimals(*cell.difference);
    if (cell.test) text += " [" + decimals(cell.test->low) + ", " + decimals(cell.test->high) + "]";
    return text;
}

std::string p_text(const ComparedCell& cell) {
    if (!cell.test) return {};
    return cell.test->p_value < 0.001 ? "<0.001" : decimals(cell.test->p_value);
}

std::string verdict_text(const ComparedCell& cell) {
    const std::string why = explanation(cell);
    return std::string(to_string(cell.verdict)) + (why.empty() ? "" : ": " + why);
}

TextCells cells_of(const Scoreboard& board) {
    const std::string interval =
        "difference [" + std::to_string(std::lround(100 * (1 - board.options.significance))) + "%]";
    TextCells cells{{"experiment", "task", "metric", "ours (n)", "published (n)", interval, "p", "verdict"}};
    for (const auto& cell : board.cells) {
        if (!cell.shown) continue;
        cells.push_back({experiment_label(cell.experiment), std::string(task_info(cell.task).name), cell.metric,
                         score_text(cell.ours), score_text(cell.published), difference_text(cell), p_text(cell),
                         verdict_text(cell)});
    }
    return cells;
}

std::vector<std::string> notes(const Scoreboard& board) {
    const auto counts = count_verdicts(board.cells, board.options);
    char tested[160];
    std::snprintf(tested, sizeof tested, "%d tested; where nothing differs, about %.1f of them would by chance.",
                  counts.tested, counts.expected_by_chance);
    std::vector<std::string> lines{std::to_string(counts.agrees) + " agree, " + std::to_string(counts.differs) +
                                       " differ, " + std::to_string(counts.not_comparable) + " are not comparable (" +
                                       std::to_string(counts.not_evaluated) + " of them not evaluated). " + tested,
                                   "± is the standard deviation over n seeds (ddof 1). Difference: ours − published, "
                                   "with its confidence interval by Student's t. Verdict: Welch's two-sided t-test."};
    bool assumed = false;
    for (const auto& cell : board.cells)
        assumed = assumed || (cell.shown && (cell.ours.summary || cell.published.summary));
    if (assumed)
        lines.push_back(
            std::string(kAssumed) +
            " mean and population standard deviation alone are known; n is taken from the imported seeds, or "
            "assumed.");
    return lines;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const ComparedScore& score) {
    if (score.seeds == 0 && score.undefined == 0) return nullptr;
    return {{"mean", number(score.mean)},
            {"std", number(score.deviation)},
            {"seeds", score.seeds},
            {"undefined_seeds", score.undefined},
            {"from_summary", score.summary}};
}

Json to_json(const ComparedCell& cell) {
    const auto& test = cell.test;
    return {{"experiment", cell.experiment},
            {"label", experiment_label(cell.experiment)},
            {"task", task_info(cell.task).name},
            {"metric", cell.metric},
            {"shown", cell.shown},
            {"ours", to_json(cell.ours)},
            {"published", to_json(cell.published)},
            {"difference", cell.difference ? number(*cell.difference) : Json(nullptr)},
            {"interval", test ? Json{test->low, test->high} : Json(nullptr)},
            {"t", test ? Json(test->statistic) : Json(nullptr)},
            {"degrees_of_freedom", test ? Json(test->degrees_of_freedom) : Json(nullptr)},
            {"p_value", test ? Json(test->p_value) : Json(nullptr)},
            {"verdict", to_string(cell.verdict)},
            {"grounds", to_string(cell.grounds)}};
}

Json to_json(const ItemState& state) {
    const auto& item = *state.item;
    Json missing = Json::array();
    for (const auto& place : state.missing) missing.push_back(to_string(place));
    return {{"id", item.id},
            {"title", item.title},
            {"kind", item.kind == ItemKind::Table ? "table" : "figure"},
            {"secondary", item.secondary},
            {"compared", item.compared},
            {"also_needs", item.also.empty() ? Json(nullptr) : Json(item.also)},
            {"needed", state.needed},
            {"present", state.present},
            {"missing", missing}};
}

}  // namespace

std::string text_of(const Scoreboard& board) {
    std::string text = aligned_text(cells_of(board));
    for (const auto& line : notes(board)) text += "\n" + line;
    return text + "\n";
}

std::string html_of(const Scoreboard& board) {
    std::string html = html_table(cells_of(board), kWords);
    for (const auto& line : notes(board)) html += html_paragraph(line);
    return html;
}

std::string markdown_of(const Scoreboard& board) {
    std::string text = markdown_text(cells_of(board), kWords);
    for (const auto& line : notes(board)) text += "\n" + line + "\n";
    return text;
}

DataTable data_of(const Scoreboard& board) {
    DataTable data;
    data.columns = {"experiment",
                    "label",
                    "task",
                    "metric",
                    "ours",
                    "ours std",
                    "ours seeds",
                    "published",
                    "published std",
                    "published seeds",
                    "difference",
                    "interval low",
                    "interval high",
                    "t",
                    "degrees of freedom",
                    "p",
                    "verdict",
                    "grounds"};
    const auto cell_or_nothing = [](bool there, double value) {
        return there && !std::isnan(value) ? DataCell(value) : DataCell(std::string());
    };
    for (const auto& cell : board.cells) {
        const bool tested = cell.test.has_value();
        const WelchTest test = cell.test.value_or(WelchTest{});
        data.rows.push_back({cell.experiment, experiment_label(cell.experiment), std::string(task_info(cell.task).name),
                             cell.metric, cell_or_nothing(true, cell.ours.mean),
                             cell_or_nothing(true, cell.ours.deviation), std::int64_t{cell.ours.seeds},
                             cell_or_nothing(true, cell.published.mean),
                             cell_or_nothing(true, cell.published.deviation), std::int64_t{cell.published.seeds},
                             cell_or_nothing(cell.difference.has_value(), cell.difference.value_or(0.0)),
                             cell_or_nothing(tested, test.low), cell_or_nothing(tested, test.high),
                             cell_or_nothing(tested, test.statistic), cell_or_nothing(tested, test.degrees_of_freedom),
                             cell_or_nothing(tested, test.p_value), std::string(to_string(cell.verdict)),
                             std::string(to_string(cell.grounds))});
    }
    return data;
}

Json to_json(const Scoreboard& board) {
    const auto counts = count_verdicts(board.cells, board.options);
    Json cells = Json::array();
    for (const auto& cell : board.cells) cells.push_back(to_json(cell));
    Json items = Json::array();
    for (const auto& state : board.items) items.push_back(to_json(state));
    return {{"test", "welch"},
            {"significance", board.options.significance},
            {"counts",
             {{"agrees", counts.agrees},
              {"differs", counts.differs},
              {"not_comparable", counts.not_comparable},
              {"not_evaluated", counts.not_evaluated},
              {"tested", counts.tested},
              {"expected_by_chance", counts.expected_by_chance}}},
            {"cells", cells},
            {"items", items}};
}

}  // namespace lottery
