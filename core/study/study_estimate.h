// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a study's jobs will take: from the tokens that each of them sends through the model, and the tokens per
// second of jobs like it that are done.
//
// Thread rule: one thread at a time per object. Nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/data/wordpiece.h"
#include "core/study/study_jobs.h"
#include "core/study/study_plan.h"
#include "core/study/study_state.h"

namespace lottery {

// How many tokens a device takes a second, measured without a study.
struct DeviceRates {
    double training = 0.0;  // forward, backward and optimizer step
    double forward = 0.0;
};

enum class AbsentData {
    Refuse,
    Assume,  // as many rows as GLUE has, as long as those of the tasks of the same form that are there
};

class StudyEstimate {
public:
    // Counts the examples of every task and tokenizes a sample of them. Errors: data or vocabulary that cannot be read;
    // nothing that the absent could be assumed from.
    static Result<StudyEstimate> make(const StudyPlan& plan, const std::filesystem::path& study,
                                      AbsentData absent = AbsentData::Refuse);

    // For jobs of which none was done yet.
    void set_rates(const DeviceRates& rates) { device_ = rates; }

    // A job took so long.
    void learn(const StudyJob& job, double seconds);
    // From the records of all that is done.
    void learn(const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& states);

    // Seconds; nothing where no job that sends anything through a model was done yet and nothing is known of the
    // device.
    [[nodiscard]] std::optional<double> seconds(const StudyJob& job) const;
    // Of all that is not done. Jobs that wait for a failed one count too.
    [[nodiscard]] std::optional<double> seconds_left(const std::vector<StudyJob>& jobs,
                                                     const std::vector<JobStatus>& states) const;

    // Tasks whose data were not there.
    [[nodiscard]] const std::vector<TaskId>& assumed() const { return assumed_; }
    // Examples of a task's dev file (MNLI's first), which a rigorous study holds out of train.
    [[nodiscard]] std::int64_t dev_examples(TaskId task) const;

    // Tokens through the whole model, a backward pass counting as two forward ones; 0 for jobs without a model.
    [[nodiscard]] double tokens(const StudyJob& job) const;

private:
    struct TaskSize {
        std::int64_t train = 0, dev = 0;              // examples; dev of all dev files
        std::int64_t first_dev = 0;                   // of the first dev file
        double train_tokens = 0.0, dev_tokens = 0.0;  // per example
    };
    // Jobs alike: tokens and seconds of those that are done. Subnetworks without heads and MLPs train faster than those
    // that lost single weights.
    using Kind = std::pair<StudyJobKind, bool>;
    struct Rate {
        double tokens = 0.0, seconds = 0.0;
    };
    static Kind kind_of(const StudyJob& job);
    Status count(const TaskInfo& task, const StudyPlan& plan, const std::filesystem::path& data,
                 const WordPieceTokenizer& tokenizer);
    Status assume(const TaskInfo& task, const StudyPlan& plan);

    std::map<TaskId, TaskSize> sizes_;
    std::map<Kind, Rate> rates_;
    std::optional<DeviceRates> device_;
    std::vector<TaskId> assumed_;
};

}  // namespace lottery
