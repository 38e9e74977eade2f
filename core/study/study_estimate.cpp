// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_estimate.h"

#include <algorithm>
#include <numeric>

#include "core/base/json.h"
#include "core/data/features.h"
#include "core/data/glue_reader.h"
#include "core/data/wordpiece.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSample = 200;    // examples whose tokens are counted
constexpr double kTraining = 3.0;       // a forward pass, and a backward pass of twice its work
constexpr double kMaskGradients = 2.0;  // the backward pass of a search needs no weight gradients
constexpr double kUsualPasses = 12.0;   // of a search over heads and MLPs with the paper's step
constexpr double kWithoutModel = 3.0;   // seconds of controls, super masks and figures

double mean_tokens(const std::vector<Example>& examples, const WordPieceTokenizer& tokenizer, const TaskInfo& task,
                   int max_seq_length) {
    // Spread over the file: some are sorted by where they come from.
    std::vector<Example> sample;
    const std::size_t step = std::max<std::size_t>(1, examples.size() / kSample);
    for (std::size_t i = 0; i < examples.size(); i += step) sample.push_back(examples[i]);
    if (sample.empty()) return 0.0;
    const auto features = make_features(tokenizer, sample, task.is_pair(), max_seq_length);
    const auto tokens = std::accumulate(features.begin(), features.end(), std::size_t{0},
                                        [](std::size_t n, const Features& f) { return n + f.input_ids.size(); });
    return static_cast<double>(tokens) / static_cast<double>(features.size());
}

// What a finished run says of the time it took, over all processes where it knows.
std::optional<double> recorded_seconds(const fs::path& folder) {
    std::error_code ec;
    if (!fs::exists(folder / "run.json", ec)) return std::nullopt;
    const auto run = read_json(folder / "run.json");
    if (!run) return std::nullopt;
    for (const char* pointer : {"/result/seconds", "/seconds"}) {
        const Json::json_pointer at(pointer);
        if (run->contains(at) && run->at(at).is_number()) return run->at(at).get<double>();
    }
    return std::nullopt;
}

}  // namespace

Result<StudyEstimate> StudyEstimate::make(const StudyPlan& plan, const fs::path& study) {
    const fs::path data = in_study(study, plan.data);
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(in_study(study, plan.checkpoint)));
    StudyEstimate estimate;
    const int length = plan.training.max_seq_length;
    for (const auto id : plan.tasks) {
        const TaskInfo& task = task_info(id);
        LOTTERY_TRY(const auto train, read_glue_train(task, data, plan.training.limit_train));
        LOTTERY_TRY(const auto dev, read_glue_dev(task, data, plan.training.limit_dev));
        TaskSize& size = estimate.sizes_[id];
        size.train = static_cast<std::int64_t>(train.examples.size());
        size.train_tokens = mean_tokens(train.examples, tokenizer, task, length);
        size.dev_tokens = mean_tokens(dev.front().examples, tokenizer, task, length);
        for (const auto& file : dev) size.dev += static_cast<std::int64_t>(file.examples.size());
    }
    return estimate;
}

double StudyEstimate::tokens(const StudyJob& job) const {
    if (!job.task) return 0.0;
    const auto found = sizes_.find(*job.task);
    if (found == sizes_.end()) return 0.0;
    const TaskSize& size = found->second;
    const double dev = static_cast<double>(size.dev) * size.dev_tokens;
    if (const auto* r = std::get_if<FinetuneRequest>(&job.request)) {
        const double train =
            static_cast<double>(std::max<std::int64_t>(0, size.train - r->options.hold_out)) * size.train_tokens;
        return r->options.epochs * (kTraining * train + dev) + dev;
    }
    if (const auto* r = std::get_if<MaskRequest>(&job.request)) {
        const double gradients =
            r->options.criterion == Criterion::Gradient || r->options.criterion == Criterion::Fisher ? kMaskGradients
                                                                                                     : 1.0;
        return kUsualPasses * gradients * dev + 2 * dev;
    }
    if (const auto* r = std::get_if<MagnitudeRequest>(&job.request)) return (r->options.max_steps + 3) * dev;
    if (const auto* r = std::get_if<StudyEvaluationRequest>(&job.request))
        return static_cast<double>(r->experiments.size() * std::max<std::size_t>(1, r->seeds.size())) * dev;
    return 0.0;
}

StudyEstimate::Kind StudyEstimate::kind_of(const StudyJob& job) {
    const auto* training = std::get_if<FinetuneRequest>(&job.request);
    const bool smaller = (training != nullptr && training->head_mask.has_value()) ||
                         std::holds_alternative<MagnitudeRequest>(job.request);
    return {job.kind, smaller};
}

void StudyEstimate::learn(const StudyJob& job, double seconds) {
    const double work = tokens(job);
    if (work <= 0 || seconds <= 0) return;
    Rate& rate = rates_[kind_of(job)];
    rate.tokens += work;
    rate.seconds += seconds;
}

void StudyEstimate::learn(const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& states) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (states[i].state != JobState::Done) continue;
        const auto folder = std::visit(
            [](const auto& request) -> std::optional<fs::path> {
                if constexpr (requires { request.out; })
                    return request.out;
                else
                    return std::nullopt;
            },
            jobs[i].request);
        if (const auto seconds = folder ? recorded_seconds(*folder) : std::nullopt) learn(jobs[i], *seconds);
    }
}

std::optional<double> StudyEstimate::seconds(const StudyJob& job) const {
    const double work = tokens(job);
    if (work <= 0) return kWithoutModel;
    if (const auto found = rates_.find(kind_of(job)); found != rates_.end())
        return work * found->second.seconds / found->second.tokens;
    // Of other kinds of jobs: all send tokens through the same model.
    Rate all;
    for (const auto& [kind, rate] : rates_) {
        all.tokens += rate.tokens;
        all.seconds += rate.seconds;
    }
    if (all.tokens <= 0) return std::nullopt;
    return work * all.seconds / all.tokens;
}

std::optional<double> StudyEstimate::seconds_left(const std::vector<StudyJob>& jobs,
                                                  const std::vector<JobStatus>& states) const {
    double left = 0.0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (states[i].state == JobState::Done) continue;
        const auto one = seconds(jobs[i]);
        if (!one) return std::nullopt;
        left += *one;
    }
    return left;
}

}  // namespace lottery
