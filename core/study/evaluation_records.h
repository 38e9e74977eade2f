// SPDX-License-Identifier: GPL-3.0-or-later
//
// What evaluate_masked/ says of single evaluations, and whether it still holds: an evaluation is not repeated while the
// model, the masks, dev and the options are those it was made with.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/analysis/results.h"
#include "core/base/file_hashes.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/study/study_evaluation.h"
#include "core/study/study_evaluation_plan.h"

namespace lottery {

class EvaluationRecords {
public:
    // Both must outlive the records.
    EvaluationRecords(const StudyEvaluationRequest& request, FileHashes& hashes);

    // Reads an experiment's files; once per experiment, before anything else is asked of it. Errors: damaged files.
    Status read(const std::string& experiment);
    // Everything that shapes the score.
    Result<Json> inputs_of(const EvaluationJob& job);
    // What an earlier evaluation of the same inputs found.
    [[nodiscard]] std::optional<StudyScore> earlier(const EvaluationJob& job, const Json& inputs) const;
    // Writes a new score.
    Status store(const EvaluationJob& job, const Json& inputs, const EvaluateReport& evaluated,
                 const std::string& device);

private:
    // One experiment's files, as far as they are written.
    struct Files {
        ExperimentResults results;
        Json evaluations = Json::object();  // {TASK: {seed: {"inputs", …}}}
    };

    const StudyEvaluationRequest& request_;
    FileHashes& hashes_;
    std::filesystem::path root_;  // evaluate_masked
    std::map<std::string, Files> files_;
};

}  // namespace lottery
