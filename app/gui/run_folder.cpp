// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_folder.h"

#include <QCoreApplication>
#include <cmath>
#include <limits>
#include <system_error>

#include "app/gui/run_facts.h"
#include "core/base/json.h"
#include "core/model/bert_config.h"
#include "core/model/masks.h"
#include "core/pruning/magnitude_record.h"
#include "core/pruning/search_record.h"
#include "core/study/magnitude_runs.h"
#include "core/study/results_files.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/start/recent_model.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("RunFolder", text); }

bool fileExists(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

void flatten(const Json& json, const std::string& prefix, std::map<std::string, std::string>& flat) {
    for (const auto& [key, value] : json.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object())
            flatten(value, name, flat);
        else
            flat[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
}

double numberOrNaN(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Result<Unit> readTraining(RunFolder& run) {
    const fs::path file = run.folder / "training.json";
    LOTTERY_TRY(const Json json, read_json(file));
    try {
        for (const Json& step : json.at("steps"))
            run.trainingSteps.push_back({step.at("step").get<std::int64_t>(), step.at("steps").get<std::int64_t>(),
                                         step.at("epoch").get<double>(), numberOrNaN(step.at("loss")),
                                         step.at("learning_rate").get<double>()});
        for (const Json& told : json.at("evaluations")) {
            DevEvaluation evaluation;
            evaluation.step = told.at("step").get<std::int64_t>();
            evaluation.epoch = told.at("epoch").get<double>();
            evaluation.loss = numberOrNaN(told.at("loss"));
            for (const auto& [name, value] : told.at("metrics").items()) evaluation.metrics[name] = numberOrNaN(value);
            run.evaluations.push_back(std::move(evaluation));
        }
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not the history of a fine-tuning (") + e.what() + ")", file.string(),
                     "Fine-tune again to have one; the checkpoint itself is not touched"};
    }
    return Unit{};
}

// Published masks come without the record of their search: what is kept, and nothing of how it was found.
Result<MaskSearchResult> readMasksAlone(const fs::path& folder) {
    MaskSearchResult result;
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    const float unmeasured = std::numeric_limits<float>::quiet_NaN();
    result.full_score = result.threshold_score = result.score = unknown;
    HeadMatrix heads;
    std::vector<float> mlps;
    if (fileExists(folder / "head_mask.npy")) {
        LOTTERY_TRY(heads, read_head_matrix(folder / "head_mask.npy"));
        LOTTERY_TRY(heads, read_head_mask(folder / "head_mask.npy", heads.layers, heads.heads));
    }
    if (fileExists(folder / "mlp_mask.npy")) {
        LOTTERY_TRY(mlps, read_mlp_vector(folder / "mlp_mask.npy"));
        LOTTERY_TRY(mlps, read_mlp_mask(folder / "mlp_mask.npy", static_cast<int>(mlps.size())));
    }
    // A search over heads alone keeps every MLP, and the other way round; of the heads nothing else is known then.
    if (mlps.empty()) mlps.assign(static_cast<std::size_t>(heads.layers), 1.0F);
    if (heads.layers == 0) heads = HeadMatrix(static_cast<int>(mlps.size()), 1, 1.0F);
    if (static_cast<int>(mlps.size()) != heads.layers)
        return Error{"head_mask.npy has " + std::to_string(heads.layers) + " layers, mlp_mask.npy has " +
                         std::to_string(mlps.size()),
                     folder.string(), "The two belong to different models; put the right file back"};
    result.masks = {heads, mlps};
    result.importance = {HeadMatrix(heads.layers, heads.heads, unmeasured),
                         std::vector<float>(mlps.size(), unmeasured)};
    if (fileExists(folder / "head_importance.npy")) {
        LOTTERY_TRY(HeadMatrix importance, read_head_matrix(folder / "head_importance.npy"));
        if (importance.layers == heads.layers && importance.heads == heads.heads) result.importance.heads = importance;
    }
    if (fileExists(folder / "mlp_importance.npy")) {
        LOTTERY_TRY(std::vector<float> importance, read_mlp_vector(folder / "mlp_importance.npy"));
        if (importance.size() == mlps.size()) result.importance.mlps = importance;
    }
    MaskSearchStep step;
    step.phase = "masks";
    step.score = unknown;
    step.accepted = true;
    step.masks = result.masks;
    step.importance = result.importance;
    result.steps.push_back(std::move(step));
    return result;
}

// Of a record that may be anybody's; empty where it says nothing of the kind.
fs::path pathIn(const Json& record, const char* key) {
    if (!record.is_object() || !record.contains(key) || !record.at(key).is_string()) return {};
    return record.at(key).get<std::string>();
}

bool isOfRounds(const Json& record) { return record.is_object() && record.contains("kind") && record["kind"] == "imp"; }

// What a weight mask of a run folder leaves of its model.
Result<WeightSurvival> survivalOf(const fs::path& folder, const fs::path& file) {
    const Result<Json> run = read_json(folder / "run.json");
    const fs::path checkpoint = run ? pathIn(*run, "checkpoint") : fs::path();
    if (!fileExists(checkpoint / "config.json"))
        return Error{"its model is not known, and without it the mask's heads are not", file.string(),
                     "run.json should name the checkpoint; lottery analyze weights --checkpoint shows the mask"};
    const Outcome<WeightSurvival> survival = run_weight_survival({file, checkpoint, {}});
    if (survival.failed()) return survival.error();
    return *survival;
}

// The rounds of iterative magnitude pruning with rewinding, as steps without a threshold.
Result<MagnitudeResult> readRounds(const fs::path& folder, const Json& record) {
    MagnitudeResult result;
    try {
        record.at("metric").get_to(result.metric);
        result.full_score = numberOrNaN(record.at("full_score"));
        result.score = numberOrNaN(record.at("score"));
        result.threshold_score = std::numeric_limits<double>::quiet_NaN();
        record.at("parameters_kept_share").get_to(result.parameters_kept_share);
        record.at("seconds").get_to(result.seconds);
        for (const Json& round : record.at("rounds")) {
            MagnitudeStep step;
            round.at("index").get_to(step.index);
            step.score = numberOrNaN(round.at("score"));
            step.accepted = true;
            round.at("kept_weights").get_to(step.kept);
            step.kept_share = 1.0 - round.at("sparsity").get<double>();
            round.at("seconds").get_to(step.seconds);
            result.steps.push_back(std::move(step));
        }
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not the record of a pruning in rounds (") + e.what() + ")",
                     (folder / "search.json").string(), "Run lottery mask imp --resume again"};
    }
    for (MagnitudeStep& step : result.steps) {
        const fs::path file = folder / ("weight_mask_" + std::to_string(step.index) + ".safetensors");
        if (!fileExists(file)) continue;
        LOTTERY_TRY(step.survival, survivalOf(folder, file));
    }
    LOTTERY_TRY(result.survival, survivalOf(folder, folder / "weight_mask.safetensors"));
    result.kept_step = static_cast<int>(result.steps.size()) - 1;
    return result;
}

// A weight mask without the record of a search, a control mostly: what it leaves, and nothing of scores.
Result<MagnitudeResult> readWeightMaskAlone(const fs::path& folder) {
    MagnitudeResult result;
    LOTTERY_TRY(result.survival, survivalOf(folder, folder / "weight_mask.safetensors"));
    result.full_score = result.threshold_score = result.score = std::numeric_limits<double>::quiet_NaN();
    MagnitudeStep step;
    step.score = result.score;
    step.accepted = true;
    step.kept = result.survival.kept;
    step.kept_share = result.survival.kept_share();
    step.survival = result.survival;
    result.steps.push_back(std::move(step));
    return result;
}

QString magnitudeSummary(const MagnitudeResult& result) {
    const QString kept = tr("%1 % of the weights kept").arg(result.survival.kept_share() * 100.0, 0, 'f', 1);
    if (std::isnan(result.full_score)) return kept;
    return tr("%1 %2 of %3 in full · %4")
        .arg(QString::fromStdString(result.metric))
        .arg(result.score, 0, 'f', 4)
        .arg(result.full_score, 0, 'f', 4)
        .arg(kept);
}

QString keptText(const MaskSearchResult& result) {
    return tr("%1 of %2 heads and %3 of %4 MLPs kept")
        .arg(result.masks.kept_heads())
        .arg(result.masks.heads.values.size())
        .arg(result.masks.kept_mlps())
        .arg(result.masks.mlps.size());
}

QString searchSummary(const MaskSearchResult& result) {
    QString scores = tr("%1 %2 of %3 in full")
                         .arg(QString::fromStdString(result.metric))
                         .arg(result.score, 0, 'f', 4)
                         .arg(result.full_score, 0, 'f', 4);
    if (result.dev_score) scores += tr(" · on dev %1").arg(*result.dev_score, 0, 'f', 4);
    return QStringLiteral("%1 · %2").arg(scores, keptText(result));
}

QString trainingSummary(const RunFolder& run) {
    if (run.evaluations.empty()) return {};
    QStringList parts;
    for (const auto& [name, value] : run.evaluations.back().metrics)
        parts << QStringLiteral("%1 %2").arg(QString::fromStdString(name)).arg(value, 0, 'f', 4);
    return tr("On dev: %1").arg(parts.join(QStringLiteral(", ")));
}

}  // namespace

std::map<std::string, std::string> readProvenance(const fs::path& folder) {
    std::map<std::string, std::string> flat;
    if (!fileExists(folder / "run.json")) return flat;
    const Result<Json> json = read_json(folder / "run.json");
    if (json && json->is_object()) flatten(*json, {}, flat);
    return flat;
}

Result<RunFolder> readRunFolder(const fs::path& folder) {
    RunFolder run;
    run.folder = folder;
    run.title = recentTitle(textFromPath(folder));
    run.provenance = readProvenance(folder);
    if (const Result<Json> record = read_json(folder / "run.json")) run.facts = runFacts(*record);
    if (fileExists(folder / "weight_mask.safetensors")) {
        const bool searched = fileExists(folder / "search.json");
        const Result<Json> record = read_json(folder / "search.json");
        if (searched && record && isOfRounds(*record)) {
            LOTTERY_TRY(run.magnitude, readRounds(folder, *record));
        } else if (searched) {
            LOTTERY_TRY(run.magnitude, read_magnitude_record(folder));
        } else {
            LOTTERY_TRY(run.magnitude, readWeightMaskAlone(folder));
        }
        run.summary = magnitudeSummary(*run.magnitude);
        return run;
    }
    if (fileExists(folder / "search.json")) {
        LOTTERY_TRY(run.search, read_mask_search(folder));
        run.summary = searchSummary(*run.search);
        return run;
    }
    if (fileExists(folder / "head_mask.npy") || fileExists(folder / "mlp_mask.npy")) {
        LOTTERY_TRY(run.search, readMasksAlone(folder));
        run.summary = keptText(*run.search);
        // A control was not searched; of others one would expect it.
        if (run.facts.isEmpty()) run.summary += tr(" · masks alone, no record of their search");
        return run;
    }
    if (fileExists(folder / "training.json")) {
        LOTTERY_CHECK(readTraining(run));
        run.summary = trainingSummary(run);
        return run;
    }
    // A checkpoint that was made otherwise than by training, scores, a series: the record is all there is to see.
    const FolderKind kind = folderKind(folder);
    if ((kind == FolderKind::Checkpoint || kind == FolderKind::Unknown) && fileExists(folder / "run.json")) return run;
    if (kind == FolderKind::Checkpoint) {
        LOTTERY_TRY(const BertConfig config, read_bert_config(folder));
        run.summary = tr("%1 layers × %2 heads, hidden size %3 · no record of how it was made")
                          .arg(config.num_hidden_layers)
                          .arg(config.num_attention_heads)
                          .arg(config.hidden_size);
        return run;
    }
    if (folderKind(folder) == FolderKind::Study) {
        run.study = readStudyFolder(folder);
        run.title = textFromPath(folder.filename());
        run.summary = textFromPath(folder);
        if (fileExists(folder / "evaluate_masked")) {
            LOTTERY_TRY(run.results, read_results(folder));
        }
        // One that is only begun has a plan.
        if (run.study->runs.empty() && run.study->figures.empty() && run.results.empty() &&
            !fileExists(folder / "study.json"))
            return Error{"is laid out as a study but holds neither runs nor figures", folder.string(),
                         "Runs are looked for in masks/<setting>/<task>/<seed> and models/<setting>/<task>/<seed>"};
        return run;
    }
    if (folderKind(folder) == FolderKind::Missing)
        return Error{"is not there, or is not a folder", folder.string(), "Check the path, or take it off the list"};
    return Error{"holds no run: neither search.json nor head_mask.npy nor training.json", folder.string(),
                 "Choose the folder of one run; a checkpoint or GLUE data can be given to a new run"};
}

}  // namespace lottery::gui
