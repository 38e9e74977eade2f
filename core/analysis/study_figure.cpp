// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/study_figure.h"

#include <algorithm>
#include <array>

namespace lottery {

namespace {

using K = StudyFigureKind;

constexpr std::array kFigures{
    StudyFigureInfo{.kind = K::Survival,
                    .id = "survival",
                    .title = "Survival over tasks",
                    .description = "In how many tasks each head and MLP survives: mean and deviation over seeds.",
                    .comparable = true,
                    .has_cells = true,
                    .has_tables = true},
    StudyFigureInfo{.kind = K::TaskSurvival,
                    .id = "task-survival",
                    .title = "Survival in one task",
                    .description = "In what share of a task's seeds each head and MLP survives.",
                    .comparable = true,
                    .has_cells = true},
    StudyFigureInfo{
        .kind = K::Overlap,
        .id = "overlap",
        .title = "Overlap of tasks",
        .description = "How many heads or MLPs survive in both of two tasks: mean and deviation over seeds.",
        .of_components = true,
        .has_cells = true,
        .has_tables = true},
    StudyFigureInfo{
        .kind = K::Agreement,
        .id = "agreement",
        .title = "Agreement of tasks",
        .description = "Krippendorff's \u03b1 of the masks of two tasks; on the diagonal of a task's seeds.",
        .of_components = true,
        .has_cells = true,
        .has_tables = true},
    StudyFigureInfo{.kind = K::Jaccard,
                    .id = "jaccard",
                    .title = "Jaccard index beyond chance",
                    .description = "How much more two tasks' masks share than random masks of their sizes.",
                    .of_components = true,
                    .has_cells = true,
                    .has_tables = true},
    StudyFigureInfo{.kind = K::Importance,
                    .id = "importance",
                    .title = "Importances",
                    .description = "How the importances that masks were chosen by are distributed.",
                    .of_components = true,
                    .has_tables = true},
    StudyFigureInfo{.kind = K::ImportanceEvolution,
                    .id = "importance-evolution",
                    .title = "Importances over a search",
                    .description = "How importances and their order change from pass to pass.",
                    .of_components = true,
                    .has_tables = true},
    StudyFigureInfo{
        .kind = K::Magnitude,
        .id = "magnitude",
        .title = "Surviving weights",
        .description = "What share of its weights magnitude pruning leaves each head and MLP: mean over runs.",
        .comparable = true,
        .has_cells = true},
    StudyFigureInfo{.kind = K::Evaluation,
                    .id = "evaluation",
                    .title = "Scores",
                    .description = "Scores of good, random and bad subnetworks, pruned and retrained.",
                    .of_masks = false},
    StudyFigureInfo{.kind = K::Patterns,
                    .id = "patterns",
                    .title = "Attention patterns",
                    .description = "What kinds of maps the heads have: all and super-survivors, before and after "
                                   "fine-tuning.",
                    .has_cells = true,
                    .has_tables = true},
};

}  // namespace

std::span<const StudyFigureInfo> all_study_figures() { return kFigures; }

const StudyFigureInfo& info(StudyFigureKind kind) { return *std::ranges::find(kFigures, kind, &StudyFigureInfo::kind); }

std::optional<StudyFigureKind> parse_study_figure(std::string_view id) {
    const auto found = std::ranges::find(kFigures, id, &StudyFigureInfo::id);
    if (found == kFigures.end()) return std::nullopt;
    return found->kind;
}

Figure draw_study_figure(const StudyFigure& figure, bool title, const FigureStyle& style) {
    struct Drawing {
        bool title;
        const FigureStyle& style;
        Figure operator()(HeatmapPicture picture) const {
            if (!title) picture.options.title.clear();
            return heatmap(picture.content, picture.options, style);
        }
        Figure operator()(MatrixPicture picture) const {
            if (!title) picture.options.title.clear();
            return matrix_figure(picture.content, picture.options, style);
        }
        Figure operator()(BoxContent content) const {
            if (!title) content.title.clear();
            return box_figure(content, style);
        }
        Figure operator()(LinesContent content) const {
            if (!title) content.title.clear();
            return lines_figure(content, style);
        }
        Figure operator()(BarContent content) const {
            if (!title) content.title.clear();
            return bar_figure(content, style);
        }
        Figure operator()(PatternContent content) const {
            if (!title) content.title.clear();
            return pattern_figure(content, style);
        }
    };
    return std::visit(Drawing{title, style}, figure);
}

std::string title_of(const StudyFigure& figure) {
    struct Title {
        std::string operator()(const HeatmapPicture& picture) const { return picture.options.title; }
        std::string operator()(const MatrixPicture& picture) const { return picture.options.title; }
        std::string operator()(const BoxContent& content) const { return content.title; }
        std::string operator()(const LinesContent& content) const { return content.title; }
        std::string operator()(const BarContent& content) const { return content.title; }
        std::string operator()(const PatternContent& content) const { return content.title; }
    };
    return std::visit(Title{}, figure);
}

}  // namespace lottery
