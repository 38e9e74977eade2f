// SPDX-License-Identifier: GPL-3.0-or-later
//
// The figures of a study: which there are, what is asked for, and what one shows, computed once and drawn at any size.
// core/study/study_figures.h reads them.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/analysis/experiments.h"
#include "core/analysis/mask_analysis.h"
#include "core/figures/bar_figure.h"
#include "core/figures/box_figure.h"
#include "core/figures/heatmap.h"
#include "core/figures/lines_figure.h"
#include "core/figures/matrix_figure.h"
#include "core/figures/pattern_figure.h"

namespace lottery {

enum class StudyFigureKind {
    Survival,             // in how many tasks each head and MLP survives
    TaskSurvival,         // of one task, in how many of its seeds
    Overlap,              // of masks over tasks
    Agreement,            // Krippendorff's α over tasks
    Jaccard,              // over tasks, beyond chance
    Importance,           // distributions of importances
    ImportanceEvolution,  // over the passes of searches
    Magnitude,            // share of weights that magnitude pruning leaves of each head and MLP
    Evaluation,           // scores as bars
    Patterns,             // what kinds of maps the heads have, before and after fine-tuning
};

struct StudyFigureInfo {
    StudyFigureKind kind;
    std::string_view id;           // "survival"
    std::string_view title;        // "Survival over tasks"
    std::string_view description;  // one sentence
    bool of_masks = true;          // drawn from one setting's folder in masks/
    bool of_components = false;    // of heads or of MLPs, as is chosen
    bool comparable = false;       // another setting can be subtracted
    bool has_cells = false;        // in which numbers may stand
    bool has_tables = false;       // core/study/study_tables.h
};
std::span<const StudyFigureInfo> all_study_figures();
const StudyFigureInfo& info(StudyFigureKind kind);
std::optional<StudyFigureKind> parse_study_figure(std::string_view id);

struct StudyFigureRequest {
    std::filesystem::path study;
    StudyFigureKind kind = StudyFigureKind::Survival;
    std::string setting;  // folder in masks/; empty: heads_mlps, of Magnitude global
    // Of Survival, TaskSurvival, Magnitude: minus this setting, as a signed map; of another study, as the published
    // one, where it is given.
    std::optional<std::string> compare;
    std::filesystem::path compare_study;  // empty: the study itself; without `compare` its setting of the same name
    MaskedComponents components = MaskedComponents::Heads;
    ExperimentFamily family = ExperimentFamily::Structured;  // of Evaluation
    std::vector<TaskId> tasks = {};                          // empty: all that are there; TaskSurvival wants one
    std::vector<std::uint64_t> seeds = {};                   // empty: all that are there
    double persistence = 0.9;                                // of rank-biased overlap
    bool annotate = true;                                    // numbers in cells
    bool title = true;

    bool operator==(const StudyFigureRequest&) const = default;
};

struct HeatmapPicture {
    HeatmapContent content;
    HeatmapOptions options;
};
struct MatrixPicture {
    MatrixContent content;
    MatrixOptions options;
};
// What a figure shows, read and computed: drawn at any size from then on.
using StudyFigure = std::variant<HeatmapPicture, MatrixPicture, BoxContent, LinesContent, BarContent, PatternContent>;

// With its title, or without.
Figure draw_study_figure(const StudyFigure& figure, bool title, const FigureStyle& style);
std::string title_of(const StudyFigure& figure);

}  // namespace lottery
