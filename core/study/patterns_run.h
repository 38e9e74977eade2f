// SPDX-License-Identifier: GPL-3.0-or-later
//
// Training a classifier of attention patterns, scoring it, and classifying the maps of a model, from files to files
// (method.md §6).
// No tensor in this header.
//
// Legend: L layers, N heads per layer, S tokens.
//
// Thread rule: as in runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/attention/classifier_info.h"
#include "core/attention/labelled_maps.h"
#include "core/attention/pattern_scores.h"
#include "core/attention/pattern_training.h"
#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/study/runs.h"

namespace lottery {

struct TrainPatternsRequest {
    // Labelled maps, or so many synthetic ones.
    std::filesystem::path data;                       // folder of .npy maps
    std::optional<std::filesystem::path> label_file;  // default: the one in that folder or above it
    std::optional<int> synthetic;                     // trained on and validated with
    ClassifierKind kind = ClassifierKind::Raw;        // of labelled maps; synthetic ones are of their own kind
    std::filesystem::path out;                        // .safetensors; run.json is written beside it
    std::uint64_t seed = 1337;
    PatternTrainingOptions options;
    ComputeOptions compute;
};

struct WrongMap {
    std::string name;
    PatternClass label = PatternClass::Vertical;
    PatternClass predicted = PatternClass::Vertical;
    double probability = 0.0;  // of the predicted class
};

struct TrainPatternsReport {
    ClassifierInfo info;
    std::array<int, pattern_count> maps_by_class{};
    int unlabelled = 0;  // maps in the folder without a label
    std::vector<PatternEpoch> history;
    PatternScores scores;         // on the validation maps
    std::vector<WrongMap> wrong;  // of them
    double seconds = 0.0;         // of training
    std::string device;
};

std::vector<FieldProblem> problems(const TrainPatternsRequest& request);
// Errors: those of the reader and of training; files that are there already.
Outcome<TrainPatternsReport> run_train_patterns(const TrainPatternsRequest& request, std::stop_token stop,
                                                PatternTrainingObserver& observer);
// What `lottery patterns train --json` prints.
Json to_json(const TrainPatternsReport& report);

// How well a classifier tells maps whose classes are known. Nothing is written.
struct ScorePatternsRequest {
    std::optional<std::filesystem::path> classifier;  // default: the built-in one, trained on synthetic maps
    // Labelled maps, or so many synthetic ones.
    std::filesystem::path data;
    std::optional<std::filesystem::path> label_file;
    std::optional<int> synthetic;
    std::uint64_t seed = 1337;                // of synthetic maps
    AttentionKind kind = AttentionKind::Raw;  // of labelled maps
    ComputeOptions compute;
};

struct ScorePatternsReport {
    ClassifierInfo classifier;
    std::string classifier_name;  // "built-in", or the file's name
    std::string maps;             // for people: "2000 synthetic maps, seed 7"
    PatternScores scores;
    std::vector<WrongMap> wrong;
    int cropped_maps = 0;  // larger than the canvas
    double seconds = 0.0;
};

std::vector<FieldProblem> problems(const ScorePatternsRequest& request);
// Errors: those of the reader and of the classifier's file; a classifier of another kind of maps, or synthetic maps
// that it was trained on.
Outcome<ScorePatternsReport> run_score_patterns(const ScorePatternsRequest& request, std::stop_token stop,
                                                ProgressSink& progress);
// What `lottery patterns score --json` prints.
Json to_json(const ScorePatternsReport& report);

struct ClassifyPatternsRequest {
    std::optional<std::filesystem::path> classifier;  // default: the built-in one, trained on synthetic maps
    std::filesystem::path checkpoint;
    std::filesystem::path data;  // GLUE folder, or the task's own
    std::filesystem::path out;   // gets patterns.json and run.json
    TaskId task = TaskId::MRPC;
    AttentionKind kind = AttentionKind::Raw;
    int examples = 100;         // at most
    std::uint64_t seed = 1337;  // of their choice
    int max_seq_length = 128;
    std::optional<std::filesystem::path> head_mask;  // [L,N] .npy; what is masked is removed
    std::optional<std::filesystem::path> mlp_mask;   // [L] .npy
    ComputeOptions compute;
};

struct PatternReport {
    ClassifierInfo classifier;
    std::string classifier_name;  // "built-in", or the file's name
    TaskId task = TaskId::MRPC;
    AttentionKind kind = AttentionKind::Raw;
    std::uint64_t seed = 0;
    std::int64_t dev_examples = 0;           // of the first dev file
    std::int64_t too_short = 0;              // of them, fewer tokens than the smallest map trained on
    std::vector<std::int64_t> example_rows;  // classified: places in the dev file, ascending
    std::int64_t too_long = 0;               // of those, more tokens than the canvas
    std::int64_t maps = 0;                   // classified: examples × heads
    std::int64_t cropped_maps = 0;           // of those, cropped to the canvas
    HeadMatrix present;                      // [L,N], 1: the model has this head
    PatternShares shares{};                  // over all maps
    std::vector<PatternShares> head_shares;  // [L,N]: over the examples; NaN for heads that are not present
    double seconds = 0.0;                    // of extracting and classifying
    std::string device;

    [[nodiscard]] const PatternShares& of_head(int layer, int head) const {
        return head_shares[static_cast<std::size_t>(layer) * static_cast<std::size_t>(present.heads) +
                           static_cast<std::size_t>(head)];
    }
};

std::vector<FieldProblem> problems(const ClassifyPatternsRequest& request);
// Errors: those of the checkpoint, the masks, the task's files and the classifier; a classifier of another kind of
// maps; no example that is long enough; maps that are not finite; files that are there already.
Outcome<PatternReport> run_classify_patterns(const ClassifyPatternsRequest& request, std::stop_token stop,
                                             ProgressSink& progress);
// patterns.json, and what `lottery patterns classify --json` prints.
Json to_json(const PatternReport& report);
// Errors: unknown or missing keys, values of another type, shares that do not fit the heads.
Result<PatternReport> read_pattern_report(const std::filesystem::path& patterns_json);

}  // namespace lottery
