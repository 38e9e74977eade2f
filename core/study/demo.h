// SPDX-License-Identifier: GPL-3.0-or-later
//
// The demo study: from nothing to figures. Tasks from a grammar (demo_corpus.h), a tiny BERT fine-tuned on each from
// random weights, heads-and-MLPs masks found by importance on held-out training examples, and their score on dev
// beside that of random masks of exactly the same size (method.md §2 to §5, rigorous mode). docs/demo.md.
//
// Written into one study folder:
//   study.json                                     what the study is made of
//   glue/<TASK>/                                   train.tsv, dev.tsv
//   checkpoint/                                    the untrained model
//   models/finetuned/<TASK>/seed_<N>/              fine-tuned models
//   masks/heads_mlps/<TASK>/seed_<N>/              mask searches
//   masks/heads_mlps_random/<TASK>/seed_<N>/       head_mask_<i>.npy, mlp_mask_<i>.npy: the random masks; run.json:
//   scores evaluate_masked/freq_baseline/results.json     and no_mask, head_mlp, head_mlp_random:
//   {baseline/results,per_seed}.json figures/                                       .svg, and .csv of the numbers drawn
//
// Run again in the same folder, the study does only what is missing. Cancelled or killed, it goes on from there:
// fine-tuning from its last resume point, a mask search from its beginning.
//
// Thread rule: runs in the caller's thread; see runs.h. No tensor in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/pruning/mask_search_options.h"
#include "core/study/demo_corpus.h"
#include "core/study/runs.h"

namespace lottery {

struct DemoOptions {
    std::filesystem::path out;  // study folder: new, empty, or of a demo study with the same options
    std::uint64_t seed = 1;     // of the corpus, the untrained weights and the random masks
    std::vector<TaskId> tasks{kDemoTasks.begin(), kDemoTasks.end()};  // some of kDemoTasks, each once
    std::vector<std::uint64_t> seeds{1337, 42, 86};                   // of fine-tuning, each once
    int train_rows = 4400;                                            // per task, dev_rows + 1…6000
    int dev_rows = 400;     // per task; as many training rows are held out for the mask search
    int epochs = 4;         // passes over the training rows that are left, 1…1000
    int random_masks = 20;  // per model, 1…1000
    ComputeOptions compute;
};

// What the study is doing now.
struct DemoStage {
    enum class Kind { Corpus, FineTuning, MaskSearch, RandomMasks, Figures };
    Kind kind = Kind::Corpus;
    int index = 0;  // 0-based, of `count` stages in all
    int count = 0;
    bool finished_before = false;  // nothing to do: an earlier run of the study did it
    TaskId task = TaskId::SST2;    // of the middle three kinds
    std::uint64_t seed = 0;        // likewise
    std::filesystem::path folder;  // where its files go
};
// "fine-tuning SST-2, seed 42"
std::string title(const DemoStage& stage);

// One model, its mask, and the random masks of the same size. Scores are the task's search metric on dev; masked
// components are multiplied by zero.
struct DemoScores {
    TaskId task = TaskId::SST2;
    std::uint64_t seed = 0;
    std::string metric;
    double majority = 0.0;    // always the most frequent class; 0 for correlations
    double full = 0.0;        // nothing masked
    double importance = 0.0;  // the mask found by importance
    double random_mean = 0.0;
    double random_std = 0.0;     // ddof 1; 0 for a single draw
    std::vector<double> random;  // each draw; NaN (constant predictions) counts as 0
    int heads = 0, mlps = 0;     // of the model
    int kept_heads = 0, kept_mlps = 0;
    double kept_share = 0.0;  // of parameters, embeddings aside
};

struct DemoReport {
    std::vector<DemoScores> scores;              // by task, then seed
    std::vector<std::filesystem::path> figures;  // .svg; a .csv lies beside each
    double seconds = 0.0;                        // of this run
    std::string device;
};

Json to_json(const DemoScores& scores);
Json to_json(const DemoReport& report);
// A table of means over seeds, one line per task, as text.
std::string summary_text(const DemoReport& report);

// Events of training and search belong to the stage announced last.
class DemoObserver : public TrainingObserver, public MaskSearchObserver {
public:
    virtual void on_stage(const DemoStage&) {}
    virtual void on_scores(const DemoScores&) {}
};

// Everything that can be refused is refused before anything is written: a folder with other content, or with a demo
// study of other options; options out of range.
Outcome<DemoReport> run_demo(const DemoOptions& options, std::stop_token stop, DemoObserver& observer);

}  // namespace lottery
