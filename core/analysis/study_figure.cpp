// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/study_figure.h"

#include <algorithm>
#include <array>

namespace lottery {

namespace {

using K = StudyFigureKind;

constexpr std::array kFigures{
    StudyFigureInfo{K::Survival, "survival", "Survival over tasks",
                    "In how many tasks each head and MLP survives: mean and deviation over seeds.", true, false, true,
                    true},
    StudyFigureInfo{K::TaskSurvival, "task-survival", "Survival in one task",
                    "In what share of a task's seeds each head and MLP survives.", true, false, true, true},
    StudyFigureInfo{K::Overlap, "overlap", "Overlap of tasks",
                    "How many heads or MLPs survive in both of two tasks: mean and deviation over seeds.", true, true,
                    false, true},
    StudyFigureInfo{K::Agreement, "agreement", "Agreement of tasks",
                    "Krippendorff's \u03b1 of the masks of two tasks; on the diagonal of a task's seeds.", true, true,
                    false, true},
    StudyFigureInfo{K::Jaccard, "jaccard", "Jaccard index beyond chance",
                    "How much more two tasks' masks share than random masks of their sizes.", true, true, false, true},
    StudyFigureInfo{K::Importance, "importance", "Importances",
                    "How the importances that masks were chosen by are distributed.", true, true, false, false},
    StudyFigureInfo{K::ImportanceEvolution, "importance-evolution", "Importances over a search",
                    "How importances and their order change from pass to pass.", true, true, false, false},
    StudyFigureInfo{K::Magnitude, "magnitude", "Surviving weights",
                    "What share of its weights magnitude pruning leaves each head and MLP: mean over runs.", true,
                    false, true, true},
    StudyFigureInfo{K::Evaluation, "evaluation", "Scores",
                    "Scores of good, random and bad subnetworks, pruned and retrained.", false, false, false, false},
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
    };
    return std::visit(Title{}, figure);
}

}  // namespace lottery
