// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_jobs.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/analysis/experiments.h"
#include "core/data/glue_reader.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

using S = StudySetting;

bool is_super(StudySetting setting) {
    return setting == S::HeadsMlpsSuper || setting == S::HeadsMlpsSuperRandom || setting == S::HeadsMlpsSuperBad;
}
bool is_of_weights(StudySetting setting) {
    return setting == S::Global || setting == S::GlobalRandom || setting == S::GlobalBad;
}

class Jobs {
public:
    Jobs(const StudyPlan& plan, fs::path study) : plan_(plan), study_(std::move(study)) {}

    Result<std::vector<StudyJob>> make() {
        LOTTERY_CHECK(check_study_plan(plan_, (study_ / "study.json").string()));
        for (const auto task : plan_.tasks) {
            LOTTERY_TRY(const std::int64_t hold_out, held_out(task));
            for (const auto seed : plan_.seeds) add_models_and_masks(task, seed, hold_out);
            if (std::any_of(plan_.settings.begin(), plan_.settings.end(), is_super)) add_supermasks(task);
            if (plan_.retrain)
                for (const auto seed : plan_.seeds)
                    for (const auto setting : plan_.settings)
                        if (has_experiments(setting)) add_retraining(task, seed, setting, hold_out);
            add_evaluation(task);
        }
        add_figures();
        return std::move(jobs_);
    }

private:
    [[nodiscard]] bool has(StudySetting setting) const {
        return std::find(plan_.settings.begin(), plan_.settings.end(), setting) != plan_.settings.end();
    }
    [[nodiscard]] static std::string model_id(const std::string& setting, TaskId task, std::uint64_t seed) {
        return (fs::path("models") / setting / run_place(task, seed)).string();
    }
    [[nodiscard]] static std::string mask_id(StudySetting setting, TaskId task, std::uint64_t seed) {
        return (fs::path("masks") / to_string(setting) / run_place(task, seed)).string();
    }

    // Counted as they are read: a limit on dev limits what is held out too.
    Result<std::int64_t> held_out(TaskId task) const {
        if (plan_.hold_out) return *plan_.hold_out;
        LOTTERY_TRY(const auto dev,
                    read_glue_dev(task_info(task), in_study(study_, plan_.data), plan_.training.limit_dev));
        return static_cast<std::int64_t>(dev.front().examples.size());
    }

    void add(StudyJob job, const std::vector<std::string>& needs) {
        for (const auto& id : needs) job.needs.push_back(index_.at(id));
        index_[job.id] = jobs_.size();
        jobs_.push_back(std::move(job));
    }

    [[nodiscard]] FinetuneRequest training(TaskId task, std::uint64_t seed, std::int64_t hold_out,
                                           const std::string& id) const {
        FinetuneRequest request;
        request.checkpoint = in_study(study_, plan_.checkpoint);
        request.data = in_study(study_, plan_.data);
        request.out = study_ / id;
        request.task = task;
        request.seed = seed;
        request.options = plan_.training;
        request.options.hold_out = hold_out;
        request.compute = plan_.compute;
        request.resume = true;
        return request;
    }

    void add_models_and_masks(TaskId task, std::uint64_t seed, std::int64_t hold_out) {
        const std::string model = model_id("finetuned", task, seed);
        add({StudyJobKind::Finetune, model, task, seed, "finetuned", {}, training(task, seed, hold_out, model)}, {});
        for (const auto setting : plan_.settings) {
            const std::string id = mask_id(setting, task, seed);
            if (setting == S::Heads || setting == S::Mlps || setting == S::HeadsMlps)
                add({StudyJobKind::Search, id, task, seed, to_string(setting), {}, search(setting, task, seed)},
                    {model});
            if (setting == S::Global)
                add({StudyJobKind::Search, id, task, seed, to_string(setting), {}, magnitude(task, seed)}, {model});
        }
        for (const auto setting : plan_.settings) {
            const std::string id = mask_id(setting, task, seed);
            if (setting == S::HeadsMlpsRandom || setting == S::HeadsMlpsBad)
                add({StudyJobKind::Control, id, task, seed, to_string(setting), {}, control(setting, task, seed)},
                    {mask_id(S::HeadsMlps, task, seed)});
            if (setting == S::GlobalRandom || setting == S::GlobalBad)
                add({StudyJobKind::Control,
                     id,
                     task,
                     seed,
                     to_string(setting),
                     {},
                     weight_control(setting, task, seed)},
                    {mask_id(S::Global, task, seed), model});
        }
    }

    [[nodiscard]] MaskRequest search(StudySetting setting, TaskId task, std::uint64_t seed) const {
        MaskRequest request;
        request.checkpoint = study_ / model_id("finetuned", task, seed);
        request.data = in_study(study_, plan_.data);
        request.out = study_ / mask_id(setting, task, seed);
        request.task = task;
        request.seed = seed;
        request.options = plan_.search;
        request.options.mode = plan_.mode;
        request.options.kind = setting == S::Heads  ? SearchKind::Heads
                               : setting == S::Mlps ? SearchKind::Mlps
                                                    : SearchKind::HeadsMlps;
        request.compute = plan_.compute;
        return request;
    }

    [[nodiscard]] MagnitudeRequest magnitude(TaskId task, std::uint64_t seed) const {
        MagnitudeRequest request;
        request.checkpoint = study_ / model_id("finetuned", task, seed);
        request.data = in_study(study_, plan_.data);
        request.out = study_ / mask_id(S::Global, task, seed);
        request.task = task;
        request.seed = seed;
        request.options = plan_.magnitude;
        request.options.mode = plan_.mode;
        request.compute = plan_.compute;
        return request;
    }

    [[nodiscard]] SubnetworkRequest control(StudySetting setting, TaskId task, std::uint64_t seed) const {
        const fs::path good = study_ / mask_id(S::HeadsMlps, task, seed);
        SubnetworkRequest request;
        request.kind = setting == S::HeadsMlpsRandom ? ControlKind::Random : ControlKind::Bad;
        request.mode = plan_.mode;
        request.options = plan_.controls;
        request.seed = seed;
        request.head_mask = good / "head_mask.npy";
        request.mlp_mask = good / "mlp_mask.npy";
        request.out = study_ / mask_id(setting, task, seed);
        return request;
    }

    [[nodiscard]] MagnitudeControlRequest weight_control(StudySetting setting, TaskId task, std::uint64_t seed) const {
        MagnitudeControlRequest request;
        request.weight_mask = study_ / mask_id(S::Global, task, seed) / "weight_mask.safetensors";
        request.checkpoint = study_ / model_id("finetuned", task, seed);
        request.out = study_ / mask_id(setting, task, seed);
        request.control = setting == S::GlobalRandom ? MagnitudeControl::Random : MagnitudeControl::Bad;
        request.seed = seed;
        return request;
    }

    // The three of them are made together.
    void add_supermasks(TaskId task) {
        SupermaskRequest request;
        request.masks = study_ / "masks" / to_string(S::HeadsMlps);
        request.out = study_ / "masks";
        request.prefix = std::string(to_string(S::HeadsMlps)) + "_";
        request.seed = plan_.draw_seed;
        request.tasks = {task};
        request.seeds = plan_.seeds;
        std::vector<std::string> needs;
        for (const auto seed : plan_.seeds) needs.push_back(mask_id(S::HeadsMlps, task, seed));
        add({StudyJobKind::Supermasks,
             supermask_id(task),
             task,
             std::nullopt,
             to_string(S::HeadsMlpsSuper),
             {},
             request},
            needs);
    }
    [[nodiscard]] static std::string supermask_id(TaskId task) {
        return (fs::path("masks") / to_string(S::HeadsMlpsSuper) / task_info(task).name).string();
    }

    // The job whose files are this mask.
    [[nodiscard]] static std::string maker_of(StudySetting setting, TaskId task, std::uint64_t seed) {
        return is_super(setting) ? supermask_id(task) : mask_id(setting, task, seed);
    }

    void add_retraining(TaskId task, std::uint64_t seed, StudySetting setting, std::int64_t hold_out) {
        const std::string id = model_id(to_string(setting), task, seed);
        const fs::path masks = study_ / mask_id(setting, task, seed);
        auto request = training(task, seed, hold_out, id);
        if (is_of_weights(setting)) {
            request.weight_mask = masks / "weight_mask.safetensors";
        } else {
            request.head_mask = masks / "head_mask.npy";
            request.mlp_mask = masks / "mlp_mask.npy";
        }
        add({StudyJobKind::Retrain, id, task, seed, to_string(setting), {}, std::move(request)},
            {maker_of(setting, task, seed)});
    }

    void add_evaluation(TaskId task) {
        StudyEvaluationRequest request;
        request.study = study_;
        request.data = in_study(study_, plan_.data);
        request.tasks = {task};
        request.seeds = plan_.seeds;
        request.draw_figures = false;  // a job of its own, once
        request.removal = plan_.removal;
        request.limit_dev = plan_.training.limit_dev;
        request.seed = plan_.draw_seed;
        request.compute = plan_.compute;
        for (const auto& experiment : all_experiments()) {
            const auto is_planned = [&](StudySetting setting) {
                if (!has_experiments(setting)) return false;
                const auto names = [&](const std::vector<std::string_view>& folders) {
                    return std::find(folders.begin(), folders.end(), to_string(setting)) != folders.end();
                };
                return names(experiment.masks) || (plan_.retrain && names(experiment.models));
            };
            if (experiment.name == kFullExperiment ||
                std::any_of(plan_.settings.begin(), plan_.settings.end(), is_planned))
                request.experiments.emplace_back(experiment.name);
        }
        std::vector<std::string> needs;
        for (const auto seed : plan_.seeds) {
            needs.push_back(model_id("finetuned", task, seed));
            for (const auto setting : plan_.settings) {
                if (!has_experiments(setting)) continue;
                needs.push_back(maker_of(setting, task, seed));
                if (plan_.retrain) needs.push_back(model_id(to_string(setting), task, seed));
            }
        }
        std::sort(needs.begin(), needs.end());
        needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
        add({StudyJobKind::Evaluate, evaluation_id(task), task, std::nullopt, {}, {}, std::move(request)}, needs);
    }
    [[nodiscard]] static std::string evaluation_id(TaskId task) {
        return (fs::path("evaluate_masked") / task_info(task).name).string();
    }

    void add_figures() {
        std::vector<std::string> needs;
        for (const auto task : plan_.tasks) needs.push_back(evaluation_id(task));
        add({StudyJobKind::Figures, "figures", std::nullopt, std::nullopt, {}, {}, FiguresRequest{study_}}, needs);
    }

    const StudyPlan& plan_;
    fs::path study_;
    std::vector<StudyJob> jobs_;
    std::map<std::string, std::size_t> index_;
};

}  // namespace

const char* to_string(StudyJobKind kind) {
    switch (kind) {
        case StudyJobKind::Finetune:
            return "fine-tune";
        case StudyJobKind::Search:
            return "search";
        case StudyJobKind::Control:
            return "control";
        case StudyJobKind::Supermasks:
            return "super masks";
        case StudyJobKind::Retrain:
            return "retrain";
        case StudyJobKind::Evaluate:
            return "evaluate";
        case StudyJobKind::Figures:
            return "figures";
    }
    return "";
}

std::string title(const StudyJob& job) {
    std::string text = to_string(job.kind);
    const bool says_setting =
        job.kind == StudyJobKind::Search || job.kind == StudyJobKind::Control || job.kind == StudyJobKind::Retrain;
    if (says_setting) text += " " + job.setting;
    if (job.task) text += " " + std::string(task_info(*job.task).name);
    if (job.seed) text += ", seed " + std::to_string(*job.seed);
    return text;
}

Result<std::vector<StudyJob>> study_jobs(const StudyPlan& plan, const fs::path& study) {
    return Jobs(plan, study).make();
}

}  // namespace lottery
