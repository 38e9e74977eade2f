// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_estimate.h"

#include <algorithm>
#include <array>
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

// Rows of GLUE as it is distributed (Wang et al. 2019, arXiv 1804.07461).
struct GlueRows {
    TaskId task;
    std::int64_t train, dev, second_dev;
};
constexpr std::array kGlueRows{GlueRows{TaskId::CoLA, 8551, 1043, 0},   GlueRows{TaskId::SST2, 67349, 872, 0},
                               GlueRows{TaskId::MRPC, 3668, 408, 0},    GlueRows{TaskId::STSB, 5749, 1500, 0},
                               GlueRows{TaskId::QQP, 363846, 40430, 0}, GlueRows{TaskId::MNLI, 392702, 9815, 9832},
                               GlueRows{TaskId::QNLI, 104743, 5463, 0}, GlueRows{TaskId::RTE, 2490, 277, 0},
                               GlueRows{TaskId::WNLI, 635, 71, 0}};

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

bool is_there(const TaskInfo& task, const fs::path& data) {
    const auto folder = find_task_folder(task, data);
    std::error_code ec;
    return folder && fs::exists(*folder / "train.tsv", ec) && fs::exists(*folder / task.dev_files.front(), ec);
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

Result<StudyEstimate> StudyEstimate::make(const StudyPlan& plan, const fs::path& study, AbsentData absent) {
    const fs::path data = in_study(study, plan.data);
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(in_study(study, plan.checkpoint)));
    StudyEstimate estimate;
    for (const auto id : plan.tasks) {
        if (absent == AbsentData::Assume && !is_there(task_info(id), data)) {
            estimate.assumed_.push_back(id);
            continue;
        }
        LOTTERY_CHECK(estimate.count(task_info(id), plan, data, tokenizer));
    }
    // Of the tasks that are not planned too: the more there is to go by, the better.
    if (!estimate.assumed_.empty())
        for (const auto& task : all_tasks())
            if (!estimate.sizes_.contains(task.id) && is_there(task, data))
                LOTTERY_CHECK(estimate.count(task, plan, data, tokenizer));
    for (const auto id : estimate.assumed_) LOTTERY_CHECK(estimate.assume(task_info(id), plan));
    return estimate;
}

Status StudyEstimate::count(const TaskInfo& task, const StudyPlan& plan, const fs::path& data,
                            const WordPieceTokenizer& tokenizer) {
    const int length = plan.training.max_seq_length;
    LOTTERY_TRY(const auto train, read_glue_train(task, data, plan.training.limit_train));
    LOTTERY_TRY(const auto dev, read_glue_dev(task, data, plan.training.limit_dev));
    TaskSize& size = sizes_[task.id];
    size.train = static_cast<std::int64_t>(train.examples.size());
    size.first_dev = static_cast<std::int64_t>(dev.front().examples.size());
    size.train_tokens = mean_tokens(train.examples, tokenizer, task, length);
    size.dev_tokens = mean_tokens(dev.front().examples, tokenizer, task, length);
    for (const auto& file : dev) size.dev += static_cast<std::int64_t>(file.examples.size());
    return ok();
}

Status StudyEstimate::assume(const TaskInfo& task, const StudyPlan& plan) {
    TaskSize size;
    double alike = 0.0;
    for (const bool same_form : {true, false}) {
        for (const auto& [id, other] : sizes_) {
            if (std::find(assumed_.begin(), assumed_.end(), id) != assumed_.end()) continue;
            if (same_form && task_info(id).is_pair() != task.is_pair()) continue;
            size.train_tokens += other.train_tokens;
            size.dev_tokens += other.dev_tokens;
            alike += 1.0;
        }
        if (alike > 0) break;
    }
    if (alike <= 0) return Error{"no task's data are there to go by", plan.data.string(), "Name another data folder"};
    size.train_tokens /= alike;
    size.dev_tokens /= alike;
    const auto limited = [](std::int64_t rows, std::int64_t limit) { return limit > 0 ? std::min(rows, limit) : rows; };
    const GlueRows& rows =
        *std::find_if(kGlueRows.begin(), kGlueRows.end(), [&](const auto& r) { return r.task == task.id; });
    size.train = limited(rows.train, plan.training.limit_train);
    size.first_dev = limited(rows.dev, plan.training.limit_dev);
    size.dev = size.first_dev + limited(rows.second_dev, plan.training.limit_dev);
    sizes_[task.id] = size;
    return ok();
}

std::int64_t StudyEstimate::dev_examples(TaskId task) const {
    const auto found = sizes_.find(task);
    return found == sizes_.end() ? 0 : found->second.first_dev;
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
    // A training step's tokens count three times in `work`.
    if (device_ && device_->training > 0 && device_->forward > 0)
        return std::holds_alternative<FinetuneRequest>(job.request) ? work / (kTraining * device_->training)
                                                                    : work / device_->forward;
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
