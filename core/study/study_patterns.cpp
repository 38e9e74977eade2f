// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_patterns.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/study/chosen_masks.h"
#include "core/study/job_boundary.h"
#include "core/study/patterns_run.h"
#include "core/study/recorded_options.h"
#include "core/study/study_tree.h"

namespace lottery {

namespace fs = std::filesystem;

namespace {

constexpr PatternModel kModels[] = {PatternModel::Pretrained, PatternModel::Finetuned};
constexpr AttentionKind kKinds[] = {AttentionKind::Raw, AttentionKind::Norm, AttentionKind::NormAsPublished};

const char* folder_of(PatternModel model) { return model == PatternModel::Pretrained ? "pretrained" : "finetuned"; }
const char* folder_of(AttentionKind kind) {
    return kind == AttentionKind::Raw ? "raw" : kind == AttentionKind::Norm ? "norm" : "norm-published";
}

fs::path place_of(const fs::path& study, PatternModel model, const RunPlace& run, AttentionKind kind) {
    return study / "patterns" / folder_of(model) / run_place(run.task, run.seed) / folder_of(kind);
}

template <typename T>
bool wanted(const std::vector<T>& list, const T& value) {
    return list.empty() || std::ranges::find(list, value) != list.end();
}

// What a fine-tuned model's record says of its making.
struct Origin {
    fs::path pretrained, data;
    int max_seq_length = 128;
};

Result<Origin> origin_of(const RunPlace& run) {
    const fs::path file = run.folder / "run.json";
    LOTTERY_TRY(const Json record, read_json(file));
    try {
        Origin origin;
        origin.pretrained = record.at("checkpoint").get<std::string>();
        origin.data = record.at("data").get<std::string>();
        LOTTERY_TRY(const auto options, recorded_training_options(record.at("inputs").at("options"), file.string()));
        origin.max_seq_length = options.max_seq_length;
        return origin;
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is no record of a fine-tuning: ") + e.what(), file.string(),
                     "Fine-tune the model with this program, or classify it alone: lottery patterns classify"};
    }
}

Status check_same(const PatternReport& found, const StudyPatternsRequest& request, const fs::path& file) {
    const std::string name = request.classifier ? request.classifier->filename().string() : "built-in";
    if (found.classifier_name == name) return ok();
    return Error{"was made with the classifier " + found.classifier_name + ", not with " + name, file.string(),
                 "Remove the study's folder patterns/ to classify everything anew"};
}

HeadPatterns patterns_of(PatternReport report, const RunPlace& run, PatternModel model) {
    HeadPatterns patterns;
    patterns.task = run.task;
    patterns.seed = run.seed;
    patterns.model = model;
    patterns.kind = report.kind;
    patterns.present = std::move(report.present);
    patterns.shares = std::move(report.head_shares);
    patterns.examples = static_cast<std::int64_t>(report.example_rows.size());
    return patterns;
}

Outcome<StudyPatternsReport> classify_study(const StudyPatternsRequest& request, const std::stop_token& stop,
                                            ProgressSink& progress) {
    const auto start = std::chrono::steady_clock::now();
    LOTTERY_TRY(auto runs, list_runs(request.study / "models" / "finetuned"));
    std::erase_if(runs, [&](const RunPlace& run) {
        return !wanted(request.tasks, run.task) || !wanted(request.seeds, run.seed) ||
               !is_file(run.folder / "config.json");
    });
    if (runs.empty())
        return Error{"there are no fine-tuned models of these tasks and seeds",
                     (request.study / "models" / "finetuned").string(), "Run the study first: lottery study run"};
    StudyPatternsReport report;
    const auto total = static_cast<std::int64_t>(runs.size() * std::size(kModels) * request.kinds.size());
    std::int64_t done = 0;
    ProgressSink quiet;
    for (const auto& run : runs) {
        LOTTERY_TRY(const Origin origin, origin_of(run));
        for (const auto model : kModels)
            for (const auto kind : request.kinds) {
                if (stop.stop_requested()) return Cancelled{};
                progress.on_progress(
                    {"classifying " + run_place(run.task, run.seed).string(), done++, total, "model", 0.0, ""});
                const fs::path out = place_of(request.study, model, run, kind);
                if (is_file(out / "patterns.json")) {
                    LOTTERY_TRY(const auto found, read_pattern_report(out / "patterns.json"));
                    LOTTERY_CHECK(check_same(found, request, out / "patterns.json"));
                    ++report.kept;
                    continue;
                }
                ClassifyPatternsRequest one;
                one.classifier = request.classifier;
                one.checkpoint = model == PatternModel::Finetuned ? run.folder : origin.pretrained;
                one.data = origin.data;
                one.out = out;
                one.task = run.task;
                one.kind = kind;
                one.examples = request.examples;
                one.seed = run.seed;
                one.max_seq_length = origin.max_seq_length;
                one.compute = request.compute;
                LOTTERY_CHECK(run_classify_patterns(one, stop, quiet));
                ++report.classified;
            }
    }
    progress.on_progress({"classifying", total, total, "model", 0.0, ""});
    StudyFigureRequest all;
    all.study = request.study;
    all.kind = StudyFigureKind::Patterns;
    all.tasks = request.tasks;
    all.seeds = request.seeds;
    LOTTERY_TRY(report.analysis, read_study_patterns(all));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

}  // namespace

Outcome<StudyPatternsReport> run_study_patterns(const StudyPatternsRequest& request, std::stop_token stop,
                                                ProgressSink& progress) {
    return at_job_boundary("patterns of a study", [&] { return classify_study(request, stop, progress); });
}

Result<PatternAnalysis> read_study_patterns(const StudyFigureRequest& request) {
    const fs::path folder = request.study / "patterns";
    std::vector<HeadPatterns> found;
    for (const auto model : kModels) {
        const auto runs = list_runs(folder / folder_of(model));
        if (!runs) continue;  // none of this model
        for (const auto& run : *runs) {
            if (!wanted(request.tasks, run.task) || !wanted(request.seeds, run.seed)) continue;
            for (const auto kind : kKinds) {
                const fs::path file = place_of(request.study, model, run, kind) / "patterns.json";
                if (!is_file(file)) continue;
                LOTTERY_TRY(auto report, read_pattern_report(file));
                found.push_back(patterns_of(std::move(report), run, model));
            }
        }
    }
    if (found.empty())
        return Error{
            "no patterns are there of these tasks and seeds", folder.string(),
            "Classify the heads' maps of the study's models first: lottery patterns study " + request.study.string()};
    const fs::path masks = request.study / "masks" / setting_of(request);
    std::error_code ec;
    if (!fs::is_directory(masks, ec)) return analyse_patterns(std::move(found), std::nullopt);
    LOTTERY_TRY(auto set, chosen_masks(request, masks, MaskedComponents::Heads));
    return analyse_patterns(std::move(found), std::move(set));
}

}  // namespace lottery
