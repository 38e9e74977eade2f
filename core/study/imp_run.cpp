// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/imp_run.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/evaluation/metrics.h"
#include "core/model/checkpoint.h"
#include "core/pruning/magnitude.h"
#include "core/pruning/magnitude_record.h"
#include "core/pruning/search_rules.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/survival_figure.h"
#include "core/training/resume_point.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

class Imp {
public:
    Imp(const ImpRequest& request, std::stop_token stop, TrainingObserver& observer)
        : request_(request), task_(task_info(request.task)), stop_(std::move(stop)), observer_(observer) {}

    Outcome<ImpReport> run() {
        LOTTERY_CHECK(first_problem(problems(request_)));
        LOTTERY_CHECK(check_folder());
        Provenance provenance("mask imp");
        LOTTERY_TRY(const torch::Device device, choose_device(request_.compute.device, request_.compute.threads));
        provenance.set_device(device.str());
        LOTTERY_TRY(config_, read_bert_config(request_.checkpoint));
        report_.metric = task_.search_metric;
        masks_ = all_weights_kept(config_, request_.mlp_output_bias);
        wanted_ = request_.target_sparsity ? masks_.prunable() - share_of(masks_.prunable(), *request_.target_sparsity)
                                           : std::int64_t{0};
        for (int round = 0;; ++round) {
            LOTTERY_CHECK(train_round(round));
            const auto number = to_prune(round);
            if (number == 0) break;
            LOTTERY_CHECK(prune_after(round, number));
        }
        LOTTERY_CHECK(write_ticket());
        LOTTERY_CHECK(record(provenance));
        return std::move(report_);
    }

private:
    [[nodiscard]] fs::path round_folder(int round) const { return request_.out / "rounds" / std::to_string(round); }
    // Under which a round trains. Beside its folder, which is a fine-tuning run like any other.
    [[nodiscard]] fs::path mask_file(int round) const {
        return request_.out / ("weight_mask_" + std::to_string(round) + ".safetensors");
    }
    [[nodiscard]] fs::path rewind_file() const { return request_.out / "rewind.safetensors"; }

    Status check_folder() const {
        std::error_code ec;
        if (fs::exists(request_.out / "run.json", ec))
            return Error{"the folder already holds a finished run", request_.out.string(),
                         "Choose another --out folder, or remove this one"};
        if (!request_.resume && fs::exists(request_.out / "rounds", ec))
            return Error{"the folder holds an interrupted run", request_.out.string(),
                         "Go on with --resume, or remove the folder"};
        return ok();
    }

    Outcome<Unit> train_round(int round) {
        FinetuneRequest training;
        training.checkpoint = request_.checkpoint;
        training.data = request_.data;
        training.out = round_folder(round);
        training.task = request_.task;
        training.seed = request_.seed;
        training.options = request_.training;
        training.compute = request_.compute;
        training.resume = request_.resume;
        if (round == 0) {
            training.keep_step = request_.rewind_step;
            training.keep_file = rewind_file();
        } else {
            training.weight_mask = mask_file(round);
            if (request_.rewind_step > 0) training.begin_at = rewind_file();
        }
        LOTTERY_TRY(auto trained, run_finetune(training, stop_, observer_));
        ImpRound record{round,          masks_.kept(), 1.0 - masks_.kept_share(), 0.0, std::move(trained.metrics),
                        trained.seconds};
        record.score =
            score_or_worst(record.metrics.at(report_.metric), worst_score(task_), report_.metric, round, observer_);
        char text[128];
        std::snprintf(text, sizeof text, "round %d: %.1f%% of the weights pruned, %s %.4f", round,
                      record.sparsity * 100, report_.metric.c_str(), record.score);
        observer_.on_message(Severity::Info, text);
        report_.rounds.push_back(std::move(record));
        return Unit{};
    }

    // How many weights go after this round; 0: it was the last.
    [[nodiscard]] std::int64_t to_prune(int round) const {
        if (request_.rounds && round >= *request_.rounds) return 0;
        return std::min(share_of(masks_.kept(), request_.amount), masks_.kept() - wanted_);
    }

    // The next round's mask, from the weights that this round ended with.
    Status prune_after(int round, std::int64_t number) {
        const auto alive = masks_.kept();
        const fs::path folder = round_folder(round), next = mask_file(round + 1);
        std::error_code ec;
        if (!fs::exists(next, ec)) {
            LOTTERY_TRY(const auto trained, read_checkpoint(folder, task_.label_count()));
            std::vector<torch::Tensor> weights;
            for (const auto& mask : masks_.masks) weights.push_back(trained.tensors.at(mask.parameter).contiguous());
            prune_weights(masks_, weights, number, MagnitudeEnd::Smallest);
            LOTTERY_CHECK(write_weight_masks(next, masks_));
        } else {
            LOTTERY_TRY(auto read, read_weight_masks(next, config_));
            if (read.prunable() != masks_.prunable() || read.kept() != alive - number ||
                common_weights(read, masks_) != read.kept())
                return Error{"keeps " + std::to_string(read.kept()) + " of " + std::to_string(read.prunable()) +
                                 " weights, " + std::to_string(alive - number) + " of " +
                                 std::to_string(masks_.prunable()) + " of those alive before were expected",
                             next.string(), "Resume with the options of the first run, or choose another --out folder"};
            masks_ = std::move(read);
        }
        if (!request_.keep_models)
            for (const char* name : {"model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json"})
                fs::remove(folder / name, ec);
        return ok();
    }

    // The surviving weights as they were before (or at step N of) the first training, the pruned ones zero.
    Status write_ticket() {
        ProgressSink quiet;  // the first round has said what was made afresh
        LOTTERY_TRY(auto loaded,
                    load_model(request_.checkpoint, task_.label_count(), request_.seed, torch::kCPU, quiet));
        if (request_.rewind_step > 0) LOTTERY_CHECK(read_resume_weights(rewind_file(), loaded.model));
        apply_weight_masks(loaded.model, masks_);
        report_.survival = weight_survival(masks_, config_);
        report_.parameters_kept_share = parameters_kept_share(loaded.model, loaded.model->components(), masks_);
        LOTTERY_CHECK(make_folder(request_.out / "ticket"));
        LOTTERY_CHECK(save_model(loaded.model, request_.out / "ticket", request_.checkpoint));
        LOTTERY_CHECK(write_weight_masks(request_.out / "weight_mask.safetensors", masks_));
        return write_weight_survival_figure(request_.out, report_.survival,
                                            "Surviving weights: " + std::string(task_.name),
                                            {{"task", std::string(task_.name)},
                                             {"checkpoint", request_.checkpoint.string()},
                                             {"seed", std::to_string(request_.seed)},
                                             {"program", "lottery " + program_version()}});
    }

    // run.json last: where it is, everything else is.
    Status record(Provenance& provenance) {
        auto& fields = provenance.fields();
        LOTTERY_TRY(const Json first, read_json(round_folder(0) / "run.json"));
        fields["inputs"] = first.at("inputs");
        fields["inputs"]["imp"] = {
            {"amount", request_.amount},
            {"target_sparsity", request_.target_sparsity ? Json(*request_.target_sparsity) : Json()},
            {"rounds", request_.rounds ? Json(*request_.rounds) : Json()},
            {"rewind_step", request_.rewind_step},
            {"mlp_output_bias", to_string(request_.mlp_output_bias)}};
        fields["checkpoint"] = request_.checkpoint.string();
        fields["data"] = request_.data.string();
        LOTTERY_CHECK(write_json(request_.out / "search.json", to_json(report_, request_)));
        return provenance.finish(request_.out, {{"score", report_.rounds.back().score},
                                                {"full_score", report_.rounds.front().score},
                                                {"kept_weights_share", report_.survival.kept_share()}});
    }

    const ImpRequest& request_;
    const TaskInfo& task_;
    std::stop_token stop_;
    TrainingObserver& observer_;
    BertConfig config_;
    WeightMasks masks_;        // of the round that trains
    std::int64_t wanted_ = 0;  // weights at the target
    ImpReport report_;
};

}  // namespace

Outcome<ImpReport> run_imp(const ImpRequest& request, std::stop_token stop, TrainingObserver& observer) {
    return at_job_boundary("mask imp", [&] { return Imp(request, std::move(stop), observer).run(); });
}

Json to_json(const ImpReport& r, const ImpRequest& request) {
    Json rounds = Json::array();
    double seconds = 0.0;
    for (const auto& round : r.rounds) {
        rounds.push_back({{"index", round.index},
                          {"kept_weights", round.kept},
                          {"sparsity", round.sparsity},
                          {"score", round.score},
                          {"metrics", to_json(round.metrics)},
                          {"seconds", round.seconds}});
        seconds += round.seconds;
    }
    return {{"format", 1},
            {"task", task_info(request.task).name},
            {"kind", "imp"},
            {"seed", request.seed},
            {"amount", request.amount},
            {"rewind_step", request.rewind_step},
            {"mlp_output_bias", to_string(request.mlp_output_bias)},
            {"metric", r.metric},
            {"full_score", r.rounds.front().score},
            {"score", r.rounds.back().score},
            {"kept_weights", r.survival.kept},
            {"prunable_weights", r.survival.prunable},
            {"kept_weights_share", r.survival.kept_share()},
            {"sparsity", 1.0 - r.survival.kept_share()},
            {"parameters_kept_share", r.parameters_kept_share},
            {"rounds", rounds},
            {"seconds", seconds}};
}

}  // namespace lottery
