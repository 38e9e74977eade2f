// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/evaluation/speed.h"
#include "core/pruning/criterion.h"
#include "core/pruning/search_record.h"
#include "core/study/job_boundary.h"
#include "core/study/pass_log.h"
#include "core/study/provenance.h"
#include "core/study/run_inputs.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"
#include "core/study/scored_pass_json.h"
#include "core/study/search_data.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Passes there are at most in the first phase, and two for the phases after it, which mostly end at once: for the bar.
std::int64_t expected_passes(const MaskSearchOptions& options, const ComponentMasks& components, int neurons) {
    const int step =
        std::max(1, static_cast<int>(options.amount * static_cast<double>(components.heads.values.size())));
    const int head_steps = (components.kept_heads() + step - 1) / step;
    switch (options.kind) {
        case SearchKind::Heads:
            return 1 + head_steps;
        case SearchKind::Mlps:
            return 1 + components.kept_mlps();
        case SearchKind::HeadsMlps:
            return 3 + std::min(head_steps, components.kept_mlps());
        case SearchKind::Neurons: {
            const int blocks = components.kept_mlps() * NeuronMatrix(1, neurons, options.block_size, 1.0F).blocks;
            const int blocks_step = std::max(1, static_cast<int>(options.amount * blocks));
            return 1 + (blocks + blocks_step - 1) / blocks_step;
        }
    }
    return 1;
}

// Writes each finished step and passes it on.
class RecordingObserver : public MaskSearchObserver {
public:
    RecordingObserver(MaskSearchObserver& next, fs::path folder) : next_(next), folder_(std::move(folder)) {}
    void on_progress(const Progress& p) override { next_.on_progress(p); }
    void on_message(Severity severity, const std::string& message) override { next_.on_message(severity, message); }
    void on_search_step(const MaskSearchStep& step) override {
        if (status_) status_ = write_search_step(folder_, step);
        next_.on_search_step(step);
    }
    [[nodiscard]] const Status& status() const { return status_; }

private:
    MaskSearchObserver& next_;
    fs::path folder_;
    Status status_ = ok();
};

void remove_steps(const fs::path& folder) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec)) {
        const auto name = entry.path().filename().string();
        for (const char* stem :
             {"head_mask_", "mlp_mask_", "neuron_mask_", "head_importance_", "mlp_importance_", "neuron_importance_"})
            if (name.starts_with(stem) && name.ends_with(".npy")) fs::remove(entry.path(), ec);
    }
}

Outcome<MaskSearchResult> search(const MaskRequest& request, std::stop_token stop, MaskSearchObserver& observer) {
    LOTTERY_CHECK(first_problem(problems(request)));
    if (fs::exists(request.out / "search.json"))
        return Error{"the folder already holds a finished mask search", request.out.string(),
                     "Choose another --out folder, or remove this one"};
    const TaskInfo& task = task_info(request.task);
    const MaskSearchOptions& options = request.options;
    Provenance provenance(std::string("mask ") + to_string(options.kind));
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    provenance.set_device(device.str());

    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    const SearchSource source{request.checkpoint, request.data,      request.task,          request.seed,
                              options.split,      options.limit_dev, options.max_seq_length};
    LOTTERY_TRY(const SearchData data, read_search_data(source, tokenizer, observer));
    const auto& examples = data.search.features;
    FileHashes hashes;
    LOTTERY_TRY(provenance.fields()["inputs"], run_inputs(request, hashes));
    record_search_data(provenance, source, data);

    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, task.label_count(), request.seed, device, observer));
    warn_if_untrained(loaded, request.task, observer);
    auto& model = loaded.model;
    const BertConfig config = model->config();
    LOTTERY_CHECK(make_folder(request.out));
    remove_steps(request.out);

    CriterionInputs criterion_inputs;
    criterion_inputs.model = model;
    criterion_inputs.examples = examples;
    criterion_inputs.seed = request.seed;
    criterion_inputs.progress = &observer;
    criterion_inputs.score = [&](const Predictions& predictions) {
        const double score = task_metrics(task, predictions).at(std::string(task.search_metric));
        return std::isnan(score) ? worst_score(task) : score;
    };
    LOTTERY_TRY(const auto criterion, make_criterion(options, criterion_inputs));
    const auto start = std::chrono::steady_clock::now();
    std::int64_t finished = 0, earlier = 0, passes = 0;
    const auto count = static_cast<std::int64_t>(examples.size());
    const auto on_examples = [&](std::int64_t more) {
        finished += more;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        const auto total =
            std::max(expected_passes(options, model->components(), config.intermediate_size), passes) * count;
        observer.on_progress({"mask search " + std::string(task.name) + ", pass " + std::to_string(passes),
                              earlier + finished, total, "examples",
                              static_cast<double>(finished) / std::max(elapsed.count(), 1e-9), "examples"});
    };

    SearchTarget target;
    target.layers = config.num_hidden_layers;
    target.heads = config.num_attention_heads;
    target.neurons = config.intermediate_size;
    target.components = model->components();
    target.metric = task.search_metric;
    target.chance = chance_level(task, data.search.labels());
    target.worst = worst_score(task);
    PassLog log(request.out, provenance.fields()["inputs"]);
    log.say_found(observer);
    double earlier_seconds = 0.0;
    target.pass = [&](const ComponentMasks& masks) -> Outcome<ScoredPass> {
        ++passes;
        const Json made_with{{"masks", to_json(masks)}};
        if (auto known = log.replay(made_with, scored_pass_from_json)) {
            earlier += count;
            earlier_seconds += known->seconds.value_or(0.0);
            return *std::move(known);
        }
        const auto begin = std::chrono::steady_clock::now();
        LOTTERY_TRY(auto measured, criterion->measure(masks, stop, on_examples));
        ScoredPass scored;
        scored.score = task_metrics(task, measured.predictions).at(target.metric);
        scored.importance = std::move(measured.importance);
        scored.kept_share = model->kept_share(masks);
        if (options.measure_speed) {
            const std::array plans{model->plan(masks, Removal::Physical)};
            LOTTERY_TRY(const auto ms, milliseconds_per_example(model, plans, examples, {}, stop, observer));
            scored.milliseconds_per_example = ms.front();
        }
        scored.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        LOTTERY_CHECK(log.add(made_with, to_json(scored)));
        return scored;
    };
    RecordingObserver recorder(observer, request.out);
    LOTTERY_TRY(auto result, search_masks(target, options, stop, recorder));
    LOTTERY_CHECK(recorder.status());
    result.seconds += earlier_seconds;

    if (options.split == SearchSplit::Dev) {
        result.dev_full_score = result.full_score;
        result.dev_score = result.score;
    } else {
        const auto score_on_dev = [&](const ComponentMasks& masks) -> Outcome<double> {
            LOTTERY_TRY(const auto predictions, predict(model, model->plan(masks, Removal::Multiply), data.dev.features,
                                                        "scoring on dev", stop, observer));
            return task_metrics(task, predictions).at(target.metric);
        };
        LOTTERY_TRY(result.dev_full_score, score_on_dev(model->components()));
        LOTTERY_TRY(result.dev_score, score_on_dev(result.masks));
    }
    result.kept_weights_share = model->kept_share(result.masks);
    LOTTERY_CHECK(provenance.finish(request.out, {{"score", result.score}, {"full_score", result.full_score}}));
    LOTTERY_CHECK(write_mask_search(request.out, result, mask_search_header(request)));
    log.remove();
    return result;
}

}  // namespace

Outcome<MaskSearchResult> run_mask_search(const MaskRequest& request, std::stop_token stop,
                                          MaskSearchObserver& observer) {
    return at_job_boundary("mask search", [&] { return search(request, stop, observer); });
}

}  // namespace lottery
