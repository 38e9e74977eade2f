// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_evaluation_plan.h"

#include <algorithm>
#include <map>

#include "core/analysis/experiments.h"
#include "core/base/json.h"
#include "core/model/bert_config.h"
#include "core/study/run_json.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// The first of a setting's spellings that is there.
std::optional<fs::path> find_setting(const fs::path& parent, const std::vector<std::string_view>& names) {
    std::error_code ec;
    for (const auto name : names)
        if (fs::is_directory(parent / name, ec)) return parent / name;
    return std::nullopt;
}

int trained_length(const fs::path& model, int positions) {
    constexpr int kPublished = 128;
    const int otherwise = std::min(kPublished, positions);
    if (!is_file(model / "run.json")) return otherwise;
    const auto run = read_json(model / "run.json");
    if (!run) return otherwise;
    const auto pointer = Json::json_pointer("/inputs/options/max_seq_length");
    if (!run->contains(pointer) || !run->at(pointer).is_number_integer()) return otherwise;
    return std::min(run->at(pointer).get<int>(), positions);
}

class Planner {
public:
    explicit Planner(const StudyEvaluationRequest& request) : request_(request) {}

    Result<EvaluationPlan> plan() {
        std::error_code ec;
        if (!fs::is_directory(request_.study / "models", ec))
            return Error{"has no folder models", request_.study.string(),
                         "A study holds models/<setting>/<TASK>/seed_<N> and masks/<setting>/<TASK>/seed_<N>"};
        for (const auto& name : request_.experiments) LOTTERY_CHECK(check_name(name));
        for (const auto& experiment : all_experiments())
            if (!experiment.models.empty() && is_wanted(experiment)) LOTTERY_CHECK(add_experiment(experiment));
        if (plan_.jobs.empty()) {
            std::string why = "nothing to evaluate";
            if (!plan_.passed_over.empty()) why += ": " + plan_.passed_over.front();
            return Error{why, request_.study.string(),
                         "Expected are models/<setting>/<TASK>/seed_<N> and masks/<setting>/<TASK>/seed_<N>"};
        }
        return std::move(plan_);
    }

private:
    static Status check_name(const std::string& name) {
        std::string known;
        for (const auto& experiment : all_experiments()) {
            if (experiment.models.empty()) continue;
            if (experiment.name == name) return ok();
            known += (known.empty() ? "" : ", ") + std::string(experiment.name);
        }
        return Error{"\"" + name + "\" is no experiment", "--experiments", "Known are " + known};
    }

    [[nodiscard]] bool is_wanted(const ExperimentInfo& experiment) const {
        const auto& wanted = request_.experiments;
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), experiment.name) != wanted.end();
    }

    [[nodiscard]] bool is_wanted(TaskId task) const {
        const auto& wanted = request_.tasks;
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), task) != wanted.end();
    }

    [[nodiscard]] bool is_wanted_seed(std::uint64_t seed) const {
        const auto& wanted = request_.seeds;
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), seed) != wanted.end();
    }

    Status add_experiment(const ExperimentInfo& experiment) {
        const auto models = find_setting(request_.study / "models", experiment.models);
        const auto masks = find_setting(request_.study / "masks", experiment.masks);
        const auto& parent = experiment.mask_kind == MaskKind::None ? models : masks;
        if (!parent) {
            // One that was asked for by name is missed; among all, each is there or not.
            if (!request_.experiments.empty())
                plan_.passed_over.push_back(std::string(experiment.name) + ": there is no " + where(experiment));
            return ok();
        }
        LOTTERY_TRY(const auto runs, list_runs(*parent));
        std::map<std::string, int> lacking;
        for (const auto& run : runs) {
            if (!is_wanted(run.task) || !is_wanted_seed(run.seed)) continue;
            EvaluationJob job;
            job.experiment = experiment.name;
            job.task = run.task;
            job.seed = run.seed;
            job.model = (models ? *models : request_.study / "models" / experiment.models.front()) /
                        run_place(run.task, run.seed);
            LOTTERY_TRY(const std::string lack, complete(job, experiment.mask_kind, run.folder));
            if (lack.empty())
                plan_.jobs.push_back(std::move(job));
            else
                ++lacking[lack];
        }
        for (const auto& [what, count] : lacking)
            plan_.passed_over.push_back(std::string(experiment.name) + ": " + std::to_string(count) + " of " +
                                        std::to_string(runs.size()) + " in " + parent->string() + ": " + what);
        return ok();
    }

    static std::string where(const ExperimentInfo& experiment) {
        const bool by_model = experiment.mask_kind == MaskKind::None;
        return std::string(by_model ? "models/" : "masks/") +
               std::string((by_model ? experiment.models : experiment.masks).front());
    }

    // Adds masks and length. Returns what the job lacks, which is no error: a study may be half done.
    Result<std::string> complete(EvaluationJob& job, MaskKind kind, const fs::path& folder) {
        if (!is_file(job.model / "config.json"))
            return std::string("no finished model in " + job.model.parent_path().parent_path().string());
        LOTTERY_TRY(const BertConfig config, read_bert_config(job.model));
        job.max_seq_length = request_.max_seq_length > 0 ? request_.max_seq_length
                                                         : trained_length(job.model, config.max_position_embeddings);
        if (kind == MaskKind::Components) {
            job.head_mask = folder / "head_mask.npy";
            job.mlp_mask = folder / "mlp_mask.npy";
            if (!is_file(*job.head_mask)) return std::string("no head_mask.npy");
            if (!is_file(*job.mlp_mask))
                return Error{"no such file, the head_mask.npy beside it is there", job.mlp_mask->string(),
                             "Search or draw this mask again"};
            LOTTERY_CHECK(read_head_mask(*job.head_mask, config.num_hidden_layers, config.num_attention_heads));
            LOTTERY_CHECK(read_mlp_mask(*job.mlp_mask, config.num_hidden_layers));
        }
        if (kind == MaskKind::Weights) {
            job.weight_mask = folder / "weight_mask.safetensors";
            if (!is_file(*job.weight_mask)) return std::string("no weight_mask.safetensors");
        }
        LOTTERY_CHECK(first_problem(problems(evaluate_request(request_, job))));
        return std::string();
    }

    const StudyEvaluationRequest& request_;
    EvaluationPlan plan_;
};

}  // namespace

std::vector<fs::path> EvaluationJob::masks() const {
    std::vector<fs::path> files;
    for (const auto& file : {head_mask, mlp_mask, weight_mask})
        if (file) files.push_back(*file);
    return files;
}

Result<EvaluationPlan> plan_evaluation(const StudyEvaluationRequest& request) { return Planner(request).plan(); }

EvaluateRequest evaluate_request(const StudyEvaluationRequest& study, const EvaluationJob& job) {
    EvaluateRequest request;
    request.weight_mask = job.weight_mask;
    request.checkpoint = job.model;
    request.data = study.data;
    request.task = job.task;
    request.limit_dev = study.limit_dev;
    request.max_seq_length = job.max_seq_length;
    request.compute = study.compute;
    request.head_mask = job.head_mask;
    request.mlp_mask = job.mlp_mask;
    request.removal = study.removal;
    return request;
}

}  // namespace lottery
