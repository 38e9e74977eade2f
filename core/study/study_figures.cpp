// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_figures.h"

#include <algorithm>
#include <utility>

#include "core/analysis/analysis_figures.h"
#include "core/analysis/result_bars.h"
#include "core/base/shell_word.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/chosen_masks.h"
#include "core/study/mask_set_files.h"
#include "core/study/provenance.h"
#include "core/study/results_files.h"
#include "core/study/study_patterns.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

using K = StudyFigureKind;

class Reading {
public:
    explicit Reading(const StudyFigureRequest& request) : request_(request), info_(info(request.kind)) {}

    Result<StudyFigure> read() const {
        LOTTERY_CHECK(check());
        switch (request_.kind) {
            case K::Survival:
            case K::TaskSurvival:
            case K::Magnitude:
                return heatmap_picture();
            case K::Overlap:
                return matrix();
            case K::Agreement:
            case K::Jaccard:
                return agreement_matrix();
            case K::Importance:
            case K::ImportanceEvolution:
                return importances();
            case K::Patterns:
                return patterns();
            case K::Evaluation:
                break;
        }
        return scores();
    }

    [[nodiscard]] std::string title() const {
        std::string text(info_.title);
        if (request_.kind == K::TaskSurvival && request_.tasks.size() == 1)
            text = "Survival in " + std::string(task_info(request_.tasks.front()).name);
        if (request_.kind == K::Evaluation) return std::string(family_title(request_.family));
        text += ": " + setting_of(request_);
        if (is_compared()) text += " \u2212 " + compared_name();
        if (info_.of_components && request_.components == MaskedComponents::Mlps) text += ", MLPs";
        return text;
    }

private:
    [[nodiscard]] Status check() const {
        const std::string place = "figure " + std::string(info_.id);
        if (request_.kind == K::TaskSurvival && request_.tasks.size() != 1)
            return Error{std::to_string(request_.tasks.size()) + " tasks found, one expected", place,
                         "Name the task with --tasks"};
        if (is_compared() && !info_.comparable)
            return Error{"two settings can be compared in survival, task-survival and magnitude only", place,
                         "Leave --compare and --compare-study out"};
        return ok();
    }

    [[nodiscard]] bool is_compared() const { return request_.compare || !request_.compare_study.empty(); }
    // What is subtracted.
    [[nodiscard]] fs::path compared_folder() const {
        const fs::path& study = request_.compare_study.empty() ? request_.study : request_.compare_study;
        return study / "masks" / request_.compare.value_or(setting_of(request_));
    }
    [[nodiscard]] std::string compared_name() const {
        const std::string setting = request_.compare.value_or(setting_of(request_));
        if (request_.compare_study.empty()) return setting;
        const fs::path study = request_.compare_study.lexically_normal();
        return setting + " of " + (study.has_filename() ? study.filename() : study.parent_path().filename()).string();
    }

    [[nodiscard]] fs::path folder(const std::string& setting) const { return request_.study / "masks" / setting; }

    Result<MaskSet> masks(const fs::path& place, MaskedComponents components) const {
        return chosen_masks(request_, place, components);
    }

    Result<HeatmapContent> survival_of(const fs::path& place) const {
        LOTTERY_TRY(const auto heads, masks(place, MaskedComponents::Heads));
        LOTTERY_TRY(const auto mlps, chosen_mlp_masks(request_, place));
        if (request_.kind == K::TaskSurvival) return task_survival_content(heads, mlps, request_.tasks.front());
        LOTTERY_CHECK(check_common_seeds(heads, place));
        std::optional<Survival> of_mlps;
        if (mlps) of_mlps = survival(*mlps);
        return survival_content(survival(heads), of_mlps);
    }

    Result<HeatmapContent> magnitude_of(const fs::path& place) const {
        LOTTERY_TRY(const auto runs, list_runs(place));
        const auto wanted = [](const auto& list, const auto& value) {
            return list.empty() || std::ranges::find(list, value) != list.end();
        };
        HeatmapContent content;
        float count = 0.0F;
        for (const auto& run : runs) {
            if (!wanted(request_.tasks, run.task) || !wanted(request_.seeds, run.seed)) continue;
            if (!is_file(run.folder / "search.json")) continue;
            LOTTERY_TRY(const auto record, read_magnitude_record(run.folder));
            const auto& found = record.survival;
            auto& sums = content.values;
            if (count == 0.0F) {
                sums.heads = HeadMatrix(found.heads.layers, found.heads.heads, 0.0F);
                sums.mlps.assign(found.mlps.size(), 0.0F);
            }
            if (found.heads.layers != sums.heads.layers || found.heads.heads != sums.heads.heads)
                return Error{"is of a model of another size", run.folder.string(), "Choose among the tasks"};
            for (std::size_t i = 0; i < sums.heads.values.size(); ++i) sums.heads.values[i] += found.heads.values[i];
            for (std::size_t i = 0; i < sums.mlps.size(); ++i) sums.mlps[i] += found.mlps[i];
            ++count;
        }
        if (count == 0.0F)
            return Error{"no magnitude searches found: expected are <TASK>/seed_<N>/search.json", place.string(),
                         "Give one setting, as global"};
        for (float& value : content.values.heads.values) value /= count;
        for (float& value : content.values.mlps) value /= count;
        return content;
    }

    Result<HeatmapContent> content_of(const fs::path& place) const {
        return request_.kind == K::Magnitude ? magnitude_of(place) : survival_of(place);
    }

    Result<StudyFigure> heatmap_picture() const {
        LOTTERY_TRY(auto content, content_of(folder(setting_of(request_))));
        HeatmapOptions options;
        options.title = title();
        options.annotate = request_.annotate;
        options.digits = request_.kind == K::Survival ? 1 : 2;
        options.value_label = request_.kind == K::Survival       ? "tasks survived"
                              : request_.kind == K::TaskSurvival ? "share of seeds"
                                                                 : "share of weights that survive";
        if (request_.kind == K::TaskSurvival) options.range = {0.0, 1.0};
        options.map = request_.kind == K::Magnitude ? ColorMap::Viridis : ColorMap::OrangeRed;
        if (is_compared()) {
            LOTTERY_TRY(const auto other, content_of(compared_folder()));
            if (other.values.heads.layers != content.values.heads.layers ||
                other.values.heads.heads != content.values.heads.heads)
                return Error{
                    "is of a model of another size than " + setting_of(request_), compared_folder().string(), {}};
            content = difference(content, other);
            options.map = ColorMap::BlueRed;
            options.range.reset();
            options.value_label = "difference in " + options.value_label;
        }
        return StudyFigure(HeatmapPicture{std::move(content), std::move(options)});
    }

    Result<StudyFigure> matrix_with(MatrixContent content, MatrixOptions options) const {
        options.title = title();
        options.annotate = request_.annotate;
        return StudyFigure(MatrixPicture{std::move(content), std::move(options)});
    }

    Result<StudyFigure> matrix() const {
        LOTTERY_TRY(const auto set, masks(folder(setting_of(request_)), request_.components));
        LOTTERY_CHECK(check_common_seeds(set, folder(setting_of(request_))));
        MatrixOptions options;
        options.map = ColorMap::Purples;
        return matrix_with(overlap_content(overlap(set)), options);
    }

    Result<StudyFigure> agreement_matrix() const {
        LOTTERY_TRY(const auto set, masks(folder(setting_of(request_)), request_.components));
        const auto found = agreement(set);
        MatrixOptions options;
        options.map = ColorMap::BlueRed;
        options.digits = 2;
        if (request_.kind == K::Jaccard) return matrix_with(jaccard_content(found), options);
        options.range = {-1.0, 1.0};
        return matrix_with(alpha_content(found), options);
    }

    Result<StudyFigure> importances() const {
        LOTTERY_TRY(const auto analysis, chosen_importances(request_));
        if (request_.kind == K::Importance) {
            auto content = importance_boxes(analysis);
            content.title = title();
            return StudyFigure(std::move(content));
        }
        auto content = importance_evolution(analysis);
        if (content.panels.empty())
            return Error{"there are no importances of single passes: head_importance_<i>.npy, mlp_importance_<i>.npy",
                         folder(setting_of(request_)).string(),
                         "Published masks have none; searches of this program do"};
        content.title = title();
        return StudyFigure(std::move(content));
    }

    Result<StudyFigure> patterns() const {
        LOTTERY_TRY(const auto analysis, read_study_patterns(request_));
        auto content = pattern_content(analysis);
        content.title = info_.title;
        content.annotate = request_.annotate;
        return StudyFigure(std::move(content));
    }

    Result<StudyFigure> scores() const {
        LOTTERY_TRY(const auto results, read_results(request_.study));
        if (!has_family(results, request_.family))
            return Error{"there are no such scores: " + std::string(family_title(request_.family)),
                         (request_.study / "evaluate_masked").string(), "Choose another family"};
        auto content = result_bars(results, request_.family, request_.tasks);
        content.title = title();
        return StudyFigure(std::move(content));
    }

    const StudyFigureRequest& request_;
    const StudyFigureInfo& info_;
};

std::string joined(const std::vector<TaskId>& tasks) {
    std::string text;
    for (const auto task : tasks) text += (text.empty() ? "" : ",") + std::string(task_info(task).name);
    return text;
}
std::string joined(const std::vector<std::uint64_t>& seeds) {
    std::string text;
    for (const auto seed : seeds) text += (text.empty() ? "" : ",") + std::to_string(seed);
    return text;
}

const char* to_string(ExperimentFamily family) {
    return family == ExperimentFamily::Super       ? "super"
           : family == ExperimentFamily::Magnitude ? "magnitude"
                                                   : "structured";
}

}  // namespace

Result<StudyFigure> read_study_figure(const StudyFigureRequest& request) { return Reading(request).read(); }

FigureMetadata metadata_of(const StudyFigureRequest& request) {
    FigureMetadata metadata{{"figure", std::string(info(request.kind).id)},
                            {"study", request.study.string()},
                            {"command", command_of(request)},
                            {"program", "lottery " + program_version()}};
    if (info(request.kind).of_masks) metadata["setting"] = setting_of(request);
    if (!request.tasks.empty()) metadata["tasks"] = joined(request.tasks);
    if (!request.seeds.empty()) metadata["seeds"] = joined(request.seeds);
    return metadata;
}

std::string command_of(const StudyFigureRequest& request) {
    const StudyFigureInfo& figure = info(request.kind);
    std::string command = "lottery figure " + std::string(figure.id) + " --study " + shell_word(request.study.string());
    const auto add = [&](const char* option, const std::string& value) {
        command.append(" --").append(option).append(" ").append(shell_word(value));
    };
    if (figure.of_masks && !request.setting.empty()) add("setting", request.setting);
    if (request.compare) add("compare", *request.compare);
    if (!request.compare_study.empty()) add("compare-study", request.compare_study.string());
    if (figure.of_components && request.components == MaskedComponents::Mlps) add("components", "mlps");
    if (request.kind == K::Evaluation && request.family != ExperimentFamily::Structured)
        add("family", to_string(request.family));
    if (!request.tasks.empty()) add("tasks", joined(request.tasks));
    if (!request.seeds.empty()) add("seeds", joined(request.seeds));
    if (!request.annotate) command += " --no-numbers";
    if (!request.title) command += " --no-title";
    return command;
}

std::vector<std::string> settings_for(const fs::path& study, StudyFigureKind kind) {
    std::vector<std::string> names;
    if (!info(kind).of_masks) return names;
    const bool importances = kind == K::Importance || kind == K::ImportanceEvolution;
    const char* const file = kind == K::Magnitude ? "weight_mask.safetensors"
                             : importances        ? "head_importance.npy"
                                                  : "head_mask.npy";
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(study / "masks", ec)) {
        const auto runs = list_runs(entry.path());
        if (runs && std::ranges::any_of(*runs, [&](const RunPlace& run) { return is_file(run.folder / file); }))
            names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace lottery
