// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/evaluation/speed.h"
#include "core/pruning/criterion.h"
#include "core/pruning/search_record.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"
#include "core/study/task_data.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// What masks are searched on.
struct SearchExamples {
    fs::path path;
    std::vector<Features> features;
};

// The slice of train that fine-tuning left out (its run.json says so); otherwise a slice it has seen, with a warning.
Result<SearchExamples> train_slice(const MaskRequest& request, const WordPieceTokenizer& tokenizer,
                                   std::size_t dev_size, ProgressSink& progress) {
    const TaskInfo& task = task_info(request.task);
    std::int64_t limit_train = 0;
    std::uint64_t seed = request.seed;
    std::size_t held_out = 0;
    const fs::path run_file = request.checkpoint / "run.json";
    if (fs::exists(run_file)) {
        LOTTERY_TRY(const Json run, read_json(run_file));
        try {
            const auto& inputs = run.at("inputs");
            if (inputs.at("task").get<std::string>() == task.name) {
                held_out = inputs.at("options").at("hold_out").get<std::size_t>();
                limit_train = inputs.at("options").at("limit_train").get<std::int64_t>();
                seed = inputs.at("seed").get<std::uint64_t>();
            }
        } catch (const nlohmann::json::exception&) {
            // Another command's record: it held nothing out.
        }
    }
    LOTTERY_TRY(FeatureFile train, read_train_features(task, request.data, tokenizer,
                                                       {request.options.max_seq_length, limit_train}, progress));
    std::size_t count = held_out;
    if (held_out == 0) {
        // At most a fifth, so that small training sets are not searched whole.
        count = std::clamp<std::size_t>(dev_size, 1, std::max<std::size_t>(1, train.features.size() / 5));
        progress.on_message(Severity::Warning,
                            "masks are searched on " + std::to_string(count) + " examples of " + train.path.string() +
                                " that this model was fine-tuned on; fine-tune with --hold-out " +
                                std::to_string(dev_size) + " to search on unseen ones, or search with --split dev");
    }
    SearchExamples slice{train.path, {}};
    for (const auto row : held_out_rows(train.features.size(), count, seed))
        slice.features.push_back(std::move(train.features[row]));
    return slice;
}

void keep_first(std::vector<Features>& features, std::int64_t limit) {
    if (limit > 0 && static_cast<std::size_t>(limit) < features.size())
        features.resize(static_cast<std::size_t>(limit));
}

// Passes there are at most in the first phase, and two for the phases after it, which mostly end at once: for the bar.
std::int64_t expected_passes(const MaskSearchOptions& options, const BertConfig& config) {
    const int all = config.num_hidden_layers * config.num_attention_heads;
    const int step = std::max(1, static_cast<int>(options.amount * all));
    const int head_steps = (all + step - 1) / step;
    switch (options.kind) {
        case SearchKind::Heads:
            return 1 + head_steps;
        case SearchKind::Mlps:
            return 1 + config.num_hidden_layers;
        case SearchKind::HeadsMlps:
            return 3 + std::min(head_steps, config.num_hidden_layers);
        case SearchKind::Neurons: {
            const int blocks =
                config.num_hidden_layers * ((config.intermediate_size + options.block_size - 1) / options.block_size);
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
    LOTTERY_TRY(auto dev_files, read_dev_features(task, request.data, tokenizer,
                                                  {options.max_seq_length, options.limit_dev}, observer));
    FeatureFile& dev = dev_files.front();
    SearchExamples examples;
    if (options.split == SearchSplit::Train) {
        LOTTERY_TRY(examples, train_slice(request, tokenizer, dev.features.size(), observer));
        keep_first(examples.features, options.limit_dev);
    } else {
        examples = {dev.path, dev.features};
    }
    std::vector<int> labels;
    for (const auto& f : examples.features) labels.push_back(f.label);

    Json inputs{
        {"task", task.name}, {"seed", request.seed}, {"mode", to_string(options.mode)}, {"options", to_json(options)}};
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.checkpoint));
    LOTTERY_TRY(inputs["data_sha256"], file_hashes({examples.path, dev.path}));
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["checkpoint"] = request.checkpoint.string();
    provenance.fields()["data"] = request.data.string();
    provenance.fields()["searched_on"] = {{"file", examples.path.string()}, {"examples", examples.features.size()}};

    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, task.label_count(), request.seed, device, observer));
    if (!loaded.initialised.empty())
        observer.on_message(Severity::Warning, "the checkpoint has no trained classifier for " +
                                                   std::string(task.name) +
                                                   "; its masks will say nothing about the task. Fine-tune it first");
    auto& model = loaded.model;
    const BertConfig config = model->config();
    LOTTERY_CHECK(make_folder(request.out));
    remove_steps(request.out);

    const double worst = task.search_metric == "mcc" || task.is_regression() ? -1.0 : 0.0;
    CriterionInputs criterion_inputs;
    criterion_inputs.model = model;
    criterion_inputs.examples = examples.features;
    criterion_inputs.seed = request.seed;
    criterion_inputs.progress = &observer;
    criterion_inputs.score = [&](const Predictions& predictions) {
        const double score = task_metrics(task, predictions).at(std::string(task.search_metric));
        return std::isnan(score) ? worst : score;
    };
    LOTTERY_TRY(const auto criterion, make_criterion(options, criterion_inputs));
    const auto start = std::chrono::steady_clock::now();
    std::int64_t finished = 0, passes = 0;
    const auto count = static_cast<std::int64_t>(examples.features.size());
    const auto on_examples = [&](std::int64_t more) {
        finished += more;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        const auto total = std::max(expected_passes(options, config), passes) * count;
        observer.on_progress({"mask search " + std::string(task.name) + ", pass " + std::to_string(passes), finished,
                              total, "examples", static_cast<double>(finished) / std::max(elapsed.count(), 1e-9),
                              "examples"});
    };

    SearchTarget target;
    target.layers = config.num_hidden_layers;
    target.heads = config.num_attention_heads;
    target.neurons = config.intermediate_size;
    target.metric = task.search_metric;
    target.chance = chance_level(task, labels);
    target.worst = worst;
    target.pass = [&](const ComponentMasks& masks) -> Outcome<ScoredPass> {
        ++passes;
        LOTTERY_TRY(auto measured, criterion->measure(masks, stop, on_examples));
        ScoredPass scored;
        scored.score = task_metrics(task, measured.predictions).at(target.metric);
        scored.importance = std::move(measured.importance);
        scored.kept_share = model->kept_share(masks);
        if (options.measure_speed) {
            LOTTERY_TRY(
                scored.milliseconds_per_example,
                milliseconds_per_example(model, model->plan(masks, Removal::Physical), examples.features, {}, stop));
        }
        return scored;
    };
    RecordingObserver recorder(observer, request.out);
    LOTTERY_TRY(auto result, search_masks(target, options, stop, recorder));
    LOTTERY_CHECK(recorder.status());

    if (options.split == SearchSplit::Dev) {
        result.dev_full_score = result.full_score;
        result.dev_score = result.score;
    } else {
        const auto score_on_dev = [&](const ComponentMasks& masks) -> Outcome<double> {
            LOTTERY_TRY(const auto predictions, predict(model, model->plan(masks, Removal::Multiply), dev.features,
                                                        "scoring on dev", stop, observer));
            return task_metrics(task, predictions).at(target.metric);
        };
        LOTTERY_TRY(result.dev_full_score, score_on_dev(ComponentMasks::all_kept(target.layers, target.heads)));
        LOTTERY_TRY(result.dev_score, score_on_dev(result.masks));
    }
    Json header = mask_search_header(request);
    header["kept_weights_share"] = model->kept_share(result.masks);
    LOTTERY_CHECK(provenance.finish(request.out, {{"score", result.score}, {"full_score", result.full_score}}));
    LOTTERY_CHECK(write_mask_search(request.out, result, header));
    return result;
}

}  // namespace

Outcome<MaskSearchResult> run_mask_search(const MaskRequest& request, std::stop_token stop,
                                          MaskSearchObserver& observer) {
    return at_job_boundary("mask search", [&] { return search(request, stop, observer); });
}

}  // namespace lottery
