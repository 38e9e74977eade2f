// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/bench.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>

#include "core/base/random.h"
#include "core/evaluation/predict.h"
#include "core/pruning/importance.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/task_data.h"
#include "core/training/adamw.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

void synchronize(torch::Device device) {
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

// Median seconds of one call, over at least three calls and `seconds` in all, after one unmeasured call.
Outcome<double> time_of(const std::function<Outcome<Unit>()>& call, double seconds, torch::Device device) {
    LOTTERY_CHECK(call());
    std::vector<double> times;
    const auto begin = Clock::now();
    do {
        synchronize(device);
        const auto start = Clock::now();
        LOTTERY_CHECK(call());
        synchronize(device);
        times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    } while (times.size() < 3 || std::chrono::duration<double>(Clock::now() - begin).count() < seconds);
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

BertConfig random_config(const BenchOptions& options) {
    BertConfig config;
    config.vocab_size = 30522;
    config.hidden_size = options.hidden;
    config.num_hidden_layers = options.layers;
    config.num_attention_heads = options.heads;
    config.intermediate_size = 4 * options.hidden;
    config.max_position_embeddings = 512;
    config.type_vocab_size = 2;
    return config;
}

std::vector<Features> random_features(std::int64_t count, int vocab_size, int label_count) {
    Random random(1);
    std::vector<Features> features(static_cast<std::size_t>(count));
    for (auto& f : features) {
        const auto length = 8 + random.below(121);
        for (std::uint64_t i = 0; i < length; ++i)
            f.input_ids.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(vocab_size))));
        f.token_type_ids.assign(length, 0);
        f.label = static_cast<int>(random.below(static_cast<std::uint64_t>(std::max(2, label_count))));
    }
    return features;
}

// Operations of the linear layers per token and forward pass.
double linear_flops_per_token(const BertConfig& c) {
    const double hidden = c.hidden_size;
    const auto components = c.components();
    return 2.0 * hidden *
           (4.0 * components.kept_heads() * c.head_size() + 2.0 * components.kept_mlps() * c.intermediate_size);
}

class Bench {
public:
    Bench(const BenchOptions& options, torch::Device device, std::stop_token stop, ProgressSink& progress)
        : options_(options), device_(device), stop_(std::move(stop)), progress_(progress) {}

    Outcome<BenchReport> run() {
        report_.machine = device_name(device_.str());
        report_.threads = at::get_num_threads();
        report_.libtorch = libtorch_version();
        LOTTERY_CHECK(measure_gemm());
        LOTTERY_CHECK(measure_loading_and_tokenizing());
        LOTTERY_CHECK(measure_model());
        return std::move(report_);
    }

private:
    Outcome<double> measure(const std::string& name, const std::function<Outcome<Unit>()>& call) {
        if (stop_.stop_requested()) return Cancelled{};
        progress_.on_progress(
            {"measuring " + name, static_cast<std::int64_t>(report_.rows.size()), 9, "parts", 0.0, ""});
        return time_of(call, options_.seconds, device_);
    }

    Outcome<Unit> measure_gemm() {
        for (const std::int64_t n : {512, 1024, 2048}) {
            const auto a = torch::rand({n, n}, device_), b = torch::rand({n, n}, device_);
            LOTTERY_TRY(const double seconds, measure("matrix product", [&]() -> Outcome<Unit> {
                            torch::mm(a, b);
                            return Unit{};
                        }));
            const double gflops = 2.0 * std::pow(static_cast<double>(n), 3) / seconds * 1e-9;
            peak_ = std::max(peak_, gflops);
            const auto side = std::to_string(n);
            report_.rows.push_back({"matrix product", side + "x" + side + "x" + side, 0, 0, gflops, 0});
        }
        for (auto& row : report_.rows) row.share_of_gemm_peak = row.gflops / peak_;
        return Unit{};
    }

    Outcome<Unit> measure_loading_and_tokenizing() {
        const TaskInfo& task = task_info(options_.task);
        ProgressSink quiet;
        if (options_.checkpoint) {
            LOTTERY_TRY(const double seconds, measure("checkpoint loading", [&]() -> Outcome<Unit> {
                            LOTTERY_CHECK(load_model(*options_.checkpoint, task.label_count(), 0, device_, quiet));
                            return Unit{};
                        }));
            char text[64];
            std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
            report_.rows.push_back({"checkpoint loading", text, 0, 0, 0, 0});
        }
        if (!options_.checkpoint || !options_.data) return Unit{};
        LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(*options_.checkpoint));
        LOTTERY_TRY(const auto files, read_glue_dev(task, *options_.data, options_.examples));
        const auto& examples = files.front().examples;
        LOTTERY_TRY(const double seconds, measure("tokenization", [&]() -> Outcome<Unit> {
                        features_ = make_features(tokenizer, examples, task.is_pair(), 128);
                        return Unit{};
                    }));
        report_.rows.push_back({"tokenization", shape(), count() / seconds, tokens() / seconds, 0, 0});
        return Unit{};
    }

    Outcome<Unit> measure_model() {
        const TaskInfo& task = task_info(options_.task);
        ProgressSink quiet;
        torch::manual_seed(1);
        BertForSequenceClassification model{nullptr};
        if (options_.checkpoint) {
            LOTTERY_TRY(auto loaded, load_model(*options_.checkpoint, task.label_count(), 0, device_, quiet));
            model = loaded.model;
        } else {
            model = BertForSequenceClassification(random_config(options_), task.label_count());
            model->to(device_);
        }
        const BertConfig config = model->config();
        if (features_.empty()) features_ = random_features(options_.examples, config.vocab_size, task.label_count());
        const double flops = linear_flops_per_token(config) * tokens();
        // Products per forward pass: evaluation 1; importance 2 (no weight gradient); training 3.
        const auto add = [&](const std::string& name, double products, double seconds) {
            const double gflops = products * flops / seconds * 1e-9;
            report_.rows.push_back({name,
                                    shape() + ", " + std::to_string(config.num_hidden_layers) + "x" +
                                        std::to_string(config.num_attention_heads) + "x" +
                                        std::to_string(config.hidden_size),
                                    count() / seconds, tokens() / seconds, gflops, gflops / peak_});
        };
        LOTTERY_TRY(const double evaluation, measure("evaluation", [&]() -> Outcome<Unit> {
                        LOTTERY_CHECK(predict(model, model->plan(), features_, "", stop_, quiet));
                        return Unit{};
                    }));
        add("evaluation", 1, evaluation);
        {
            ImportancePass pass(model, features_, {});
            const auto everything = ComponentMasks::all_kept(config.num_hidden_layers, config.num_attention_heads);
            LOTTERY_TRY(const double seconds, measure("importance pass", [&]() -> Outcome<Unit> {
                            LOTTERY_CHECK(pass.run(everything, stop_, [](std::int64_t) {}));
                            return Unit{};
                        }));
            add("importance pass", 2, seconds);
        }
        LOTTERY_TRY(const double training, measure("training step", [&] { return training_epoch(model); }));
        add("training step", 3, training);
        return Unit{};
    }

    // All examples once, in batches of 32.
    Outcome<Unit> training_epoch(BertForSequenceClassification& model) {
        std::vector<std::pair<std::string, torch::Tensor>> parameters;
        for (auto& entry : model->named_parameters()) {
            entry.value().requires_grad_(true);
            parameters.emplace_back(entry.key(), entry.value());
        }
        if (!optimizer_) optimizer_.emplace(parameters, AdamWOptions{});
        for (std::size_t begin = 0; begin < features_.size(); begin += 32) {
            if (stop_.stop_requested()) return Cancelled{};
            std::vector<const Features*> batch;
            for (std::size_t i = begin; i < std::min(begin + 32, features_.size()); ++i) batch.push_back(&features_[i]);
            const auto device_batch = to_device(pack(batch), device_);
            mean_loss(model->forward(device_batch, model->plan(), {0.1, 0.1, 0.1}), device_batch).backward();
            optimizer_->step(++training_steps_, 1e-6);
        }
        return Unit{};
    }

    [[nodiscard]] double count() const { return static_cast<double>(features_.size()); }
    [[nodiscard]] double tokens() const {
        return std::accumulate(features_.begin(), features_.end(), 0.0, [](double sum, const Features& f) {
            return sum + static_cast<double>(f.input_ids.size());
        });
    }
    [[nodiscard]] std::string shape() const {
        char text[64];
        std::snprintf(text, sizeof text, "%zu examples, %.1f tokens each", features_.size(),
                      tokens() / std::max(1.0, count()));
        return text;
    }

    const BenchOptions& options_;
    torch::Device device_;
    std::stop_token stop_;
    ProgressSink& progress_;
    BenchReport report_;
    double peak_ = 0.0;
    std::vector<Features> features_;
    std::optional<AdamW> optimizer_;
    std::int64_t training_steps_ = 0;
};

}  // namespace

std::vector<FieldProblem> problems(const BenchOptions& o) {
    std::vector<FieldProblem> found;
    const auto add = [&](const char* field, const std::string& message) { found.push_back({field, message}); };
    if (o.data && !o.checkpoint) add("data", "needs --checkpoint, whose vocabulary reads it");
    if (o.layers < 1 || o.layers > 1000) add("layers", std::to_string(o.layers) + " found, 1 to 1000 expected");
    if (o.heads < 1 || o.heads > 1000) add("heads", std::to_string(o.heads) + " found, 1 to 1000 expected");
    if (o.hidden < 1 || o.hidden > 16384 || (o.heads > 0 && o.hidden % o.heads != 0))
        add("hidden", std::to_string(o.hidden) + " found, a multiple of --heads up to 16384 expected");
    if (o.examples < 1 || o.examples > 100'000)
        add("examples", std::to_string(o.examples) + " found, 1 to 100000 expected");
    if (!(o.seconds > 0 && o.seconds <= 600)) add("seconds", "more than 0 and at most 600 expected");
    return found;
}

Outcome<BenchReport> run_bench(const BenchOptions& options, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("bench", [&]() -> Outcome<BenchReport> {
        LOTTERY_CHECK(first_problem(problems(options)));
        LOTTERY_TRY(const torch::Device device, choose_device(options.compute.device, options.compute.threads));
        return Bench(options, device, std::move(stop), progress).run();
    });
}

}  // namespace lottery
