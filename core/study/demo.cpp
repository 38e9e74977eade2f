// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>
#include <string>
#include <utility>

#include "core/analysis/results.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/evaluation/metrics.h"
#include "core/pruning/search_record.h"
#include "core/study/demo_checkpoint.h"
#include "core/study/demo_figures.h"
#include "core/study/demo_scores.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr int kPositions = DemoCheckpointOptions{}.positions;

TrainingOptions training_options(const DemoOptions& options) {
    TrainingOptions training;
    training.epochs = options.epochs;
    training.learning_rate = 2e-3;  // from random weights, not fine-tuning in the sense of §2
    training.warmup_share = 0.1;
    training.dropout = 0.0;  // the grammar gives no chance to overfit
    training.max_seq_length = kPositions;
    training.hold_out = options.dev_rows;
    return training;
}

MaskSearchOptions search_options() {
    auto search = MaskSearchOptions::for_mode(Mode::Rigorous);
    search.kind = SearchKind::HeadsMlps;
    search.max_seq_length = kPositions;
    return search;
}

Json plan_json(const DemoOptions& options) {
    Json tasks = Json::array();
    for (const auto task : options.tasks) tasks.push_back(task_info(task).name);
    return {{"format", 1},
            {"kind", "demo"},
            {"checkpoint", "checkpoint"},
            {"data", "glue"},
            {"tasks", tasks},
            {"seeds", options.seeds},
            {"settings", {"heads_mlps", "heads_mlps_random"}},
            {"seed", options.seed},
            {"train_rows", options.train_rows},
            {"dev_rows", options.dev_rows},
            {"epochs", options.epochs},
            {"random_masks", options.random_masks}};
}

Status in_range(const char* name, int value, int least, int most) {
    if (value >= least && value <= most) return ok();
    return Error{std::string(name) + " is " + std::to_string(value) + ", expected " + std::to_string(least) + " to " +
                     std::to_string(most),
                 "demo study",
                 {}};
}

Status check_options(const DemoOptions& options) {
    if (options.out.empty()) return Error{"no folder is given for the study", "--out", "Name a new folder"};
    constexpr int kMostRows = 6000;  // of demo_corpus.h
    LOTTERY_CHECK(in_range("dev_rows", options.dev_rows, 2, kMostRows - 1));
    LOTTERY_CHECK(in_range("train_rows", options.train_rows, options.dev_rows + 1, kMostRows));
    LOTTERY_CHECK(in_range("epochs", options.epochs, 1, 1000));
    LOTTERY_CHECK(in_range("random_masks", options.random_masks, 1, 1000));
    const std::set<TaskId> tasks(options.tasks.begin(), options.tasks.end());
    const std::set<std::uint64_t> seeds(options.seeds.begin(), options.seeds.end());
    if (tasks.empty() || tasks.size() != options.tasks.size())
        return Error{"tasks must be given, each once", "demo study", {}};
    if (seeds.empty() || seeds.size() != options.seeds.size())
        return Error{"seeds must be given, each once", "demo study", {}};
    for (const auto task : tasks)
        if (std::find(kDemoTasks.begin(), kDemoTasks.end(), task) == kDemoTasks.end())
            return Error{std::string(task_info(task).name) + " is no task of the demo's grammar", "demo study",
                         "Choose among SST-2, RTE and STS-B"};
    return ok();
}

// New, empty, or a demo study of the same plan.
Status check_folder(const fs::path& folder, const Json& plan) {
    std::error_code ec;
    const auto status = fs::status(folder, ec);
    if (status.type() == fs::file_type::not_found) return ok();
    if (status.type() != fs::file_type::directory)
        return Error{"is not a folder", folder.string(), "Choose another --out"};
    const fs::path file = folder / "study.json";
    if (!fs::exists(file, ec)) {
        if (fs::is_empty(folder, ec)) return ok();
        return Error{"the folder is not empty and holds no demo study", folder.string(), "Choose a new --out folder"};
    }
    LOTTERY_TRY(const Json found, read_json(file));
    for (const auto& [key, value] : plan.items())
        if (!found.is_object() || !found.contains(key) || found[key] != value)
            return Error{"the folder holds another study: \"" + key + "\" is " +
                             (found.is_object() && found.contains(key) ? found[key].dump() : "missing") +
                             ", expected " + value.dump(),
                         file.string(), "Choose a new --out folder, or remove this one"};
    return ok();
}

// Whether `folder` holds a finished search of exactly this model with these options; an error when it is another one.
Result<bool> search_is_finished(const MaskRequest& request) {
    std::error_code ec;
    if (!fs::exists(request.out / "search.json", ec)) return false;
    const fs::path file = request.out / "run.json";
    LOTTERY_TRY(const Json run, read_json(file));
    FileHashes hashes;
    LOTTERY_TRY(const Json checkpoint, checkpoint_hashes(request.checkpoint, hashes));
    const Json inputs = run.value("inputs", Json::object());
    const Json options = to_json(request.options);
    if (inputs.value("options", Json()) == options && inputs.value("checkpoint_sha256", Json()) == checkpoint)
        return true;
    return Error{"the finished mask search in this folder had another model or other options", file.string(),
                 "Remove its folder, or choose another one for the study"};
}

class Study {
public:
    Study(const DemoOptions& options, std::stop_token stop, DemoObserver& observer)
        : options_(options),
          stop_(std::move(stop)),
          observer_(observer),
          stages_(2 + 3 * static_cast<int>(options.tasks.size() * options.seeds.size())) {}

    Outcome<DemoReport> run() {
        const auto start = std::chrono::steady_clock::now();
        LOTTERY_CHECK(check_options(options_));
        LOTTERY_CHECK(check_study_is_writable(options_.out));
        const Json plan = plan_json(options_);
        LOTTERY_CHECK(check_folder(options_.out, plan));
        LOTTERY_CHECK(write_json(options_.out / "study.json", plan));

        // Cheap and always the same: written anew, so that a file that was lost comes back.
        begin(DemoStage::Kind::Corpus, options_.out / "glue", false);
        LOTTERY_CHECK(
            write_demo_corpus(options_.out / "glue", {options_.seed, options_.train_rows, options_.dev_rows}));
        DemoCheckpointOptions untrained;
        untrained.seed = options_.seed;
        LOTTERY_CHECK(write_demo_checkpoint(options_.out / "checkpoint", untrained));

        for (const auto task : options_.tasks)
            for (const auto seed : options_.seeds) LOTTERY_CHECK(run_model(task, seed));

        begin(DemoStage::Kind::Figures, options_.out / "figures", false);
        LOTTERY_CHECK(write_evaluations(options_.out / "evaluate_masked", scored_));
        LOTTERY_TRY(report_.figures,
                    write_demo_figures(options_.out / "figures", report_.scores, searches_, metadata()));
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::move(report_);
    }

private:
    void begin(DemoStage::Kind kind, const fs::path& folder, bool finished_before, TaskId task = {},
               std::uint64_t seed = 0) {
        observer_.on_stage({kind, stage_++, stages_, finished_before, task, seed, folder});
    }

    Outcome<Unit> run_model(TaskId task, std::uint64_t seed) {
        // Between stages too: a stage that was finished before never looks at the token.
        if (stop_.stop_requested()) return Cancelled{};
        const fs::path place = fs::path(task_info(task).name) / ("seed_" + std::to_string(seed));
        const fs::path model = options_.out / "models" / "finetuned" / place;
        std::error_code ec;

        FinetuneRequest finetune;
        finetune.checkpoint = options_.out / "checkpoint";
        finetune.data = options_.out / "glue";
        finetune.out = model;
        finetune.task = task;
        finetune.seed = seed;
        finetune.options = training_options(options_);
        finetune.compute = options_.compute;
        finetune.resume = true;
        begin(DemoStage::Kind::FineTuning, model, fs::exists(model / "run.json", ec), task, seed);
        LOTTERY_TRY(const auto finetuned, run_finetune(finetune, stop_, observer_));
        report_.device = finetuned.device;

        MaskRequest search;
        search.checkpoint = model;
        search.data = finetune.data;
        search.out = options_.out / "masks" / "heads_mlps" / place;
        search.task = task;
        search.seed = seed;
        search.options = search_options();
        search.compute = options_.compute;
        LOTTERY_TRY(const bool searched, search_is_finished(search));
        begin(DemoStage::Kind::MaskSearch, search.out, searched, task, seed);
        if (!searched) LOTTERY_CHECK(run_mask_search(search, stop_, observer_));
        LOTTERY_TRY(auto result, read_mask_search(search.out));

        DemoScoreRequest subnetworks;
        subnetworks.model = model;
        subnetworks.data = finetune.data;
        subnetworks.search = search.out;
        subnetworks.out = options_.out / "masks" / "heads_mlps_random" / place;
        subnetworks.task = task;
        subnetworks.seed = derive_seed(options_.seed, seed);
        subnetworks.draws = options_.random_masks;
        subnetworks.max_seq_length = kPositions;
        subnetworks.compute = options_.compute;
        begin(DemoStage::Kind::RandomMasks, subnetworks.out, fs::exists(subnetworks.out / "run.json", ec), task, seed);
        LOTTERY_TRY(auto scores, score_demo_model(subnetworks, stop_, observer_));

        report_.scores.push_back(scores_of(task, seed, scores, result.masks));
        observer_.on_scores(report_.scores.back());
        scored_.push_back({task, seed, std::move(scores)});
        searches_.push_back({task, seed, std::move(result)});
        return Unit{};
    }

    static DemoScores scores_of(TaskId task, std::uint64_t seed, const DemoModelScores& scores,
                                const ComponentMasks& masks) {
        DemoScores row;
        row.task = task;
        row.seed = seed;
        row.metric = task_info(task).search_metric;
        row.majority = task_info(task).is_regression() ? 0.0 : scores.majority.at(row.metric);
        row.full = scores.full.at(row.metric);
        row.importance = scores.importance.at(row.metric);
        for (const auto& draw : scores.random) row.random.push_back(draw.at(row.metric));
        const Spread random = spread(row.random, 1);
        row.random_mean = random.mean;
        row.random_std = random.deviation;
        row.heads = static_cast<int>(masks.heads.values.size());
        row.mlps = masks.layers();
        row.kept_heads = masks.kept_heads();
        row.kept_mlps = masks.kept_mlps();
        row.kept_share = scores.kept_share;
        return row;
    }

    [[nodiscard]] FigureMetadata metadata() const {
        std::string tasks, seeds;
        for (const auto task : options_.tasks) tasks += (tasks.empty() ? "" : ", ") + std::string(task_info(task).name);
        for (const auto seed : options_.seeds) seeds += (seeds.empty() ? "" : ", ") + std::to_string(seed);
        return {{"program", "Lottery Workbench " + program_version()},
                {"study", "demo, seed " + std::to_string(options_.seed)},
                {"data", "written by the demo's grammar"},
                {"tasks", tasks},
                {"seeds", seeds},
                {"mode", to_string(search_options().mode)},
                {"libtorch", libtorch_version()},
                {"device", report_.device}};
    }

    const DemoOptions& options_;
    std::stop_token stop_;
    DemoObserver& observer_;
    int stages_;
    int stage_ = 0;
    DemoReport report_;
    std::vector<DemoModel> scored_;
    std::vector<DemoSearch> searches_;
};

}  // namespace

std::string title(const DemoStage& stage) {
    const std::string model = std::string(task_info(stage.task).name) + ", seed " + std::to_string(stage.seed);
    switch (stage.kind) {
        case DemoStage::Kind::Corpus:
            return "writing the tasks and the untrained model";
        case DemoStage::Kind::FineTuning:
            return "fine-tuning " + model;
        case DemoStage::Kind::MaskSearch:
            return "mask search " + model;
        case DemoStage::Kind::RandomMasks:
            return "random masks " + model;
        case DemoStage::Kind::Figures:
            return "drawing the figures";
    }
    return {};
}

Json to_json(const DemoScores& s) {
    Json random = Json::array();
    for (const double score : s.random) random.push_back(std::isfinite(score) ? Json(score) : Json(nullptr));
    return {{"task", task_info(s.task).name},
            {"seed", s.seed},
            {"metric", s.metric},
            {"majority", s.majority},
            {"full", s.full},
            {"importance", s.importance},
            {"random_mean", s.random_mean},
            {"random_std", s.random_std},
            {"random", random},
            {"heads", s.heads},
            {"mlps", s.mlps},
            {"kept_heads", s.kept_heads},
            {"kept_mlps", s.kept_mlps},
            {"parameters_kept_share", s.kept_share}};
}

Json to_json(const DemoReport& report) {
    Json scores = Json::array();
    for (const auto& row : report.scores) scores.push_back(to_json(row));
    Json figures = Json::array();
    for (const auto& file : report.figures) figures.push_back(file.string());
    return {{"scores", scores}, {"figures", figures}, {"seconds", report.seconds}, {"device", report.device}};
}

std::string summary_text(const DemoReport& report) {
    std::string text = "task     metric  majority   full  importance  random       kept heads  kept MLPs\n";
    for (std::size_t first = 0; first < report.scores.size();) {
        const auto& head = report.scores[first];
        std::vector<double> majority, full, importance, random, heads, mlps;
        std::size_t next = first;
        for (; next < report.scores.size() && report.scores[next].task == head.task; ++next) {
            const auto& row = report.scores[next];
            majority.push_back(row.majority);
            full.push_back(row.full);
            importance.push_back(row.importance);
            random.insert(random.end(), row.random.begin(), row.random.end());
            heads.push_back(row.kept_heads);
            mlps.push_back(row.kept_mlps);
        }
        const Spread draws = spread(random, 1);
        char line[200];
        std::snprintf(line, sizeof line, "%-8s %-6s  %8.3f  %5.3f  %10.3f  %5.3f ±%.3f  %5.1f of %-2d  %4.1f of %d\n",
                      std::string(task_info(head.task).name).c_str(), head.metric.c_str(), spread(majority, 1).mean,
                      spread(full, 1).mean, spread(importance, 1).mean, draws.mean, draws.deviation,
                      spread(heads, 1).mean, head.heads, spread(mlps, 1).mean, head.mlps);
        text += line;
        first = next;
    }
    return text;
}

Outcome<DemoReport> run_demo(const DemoOptions& options, std::stop_token stop, DemoObserver& observer) {
    return at_job_boundary("demo study", [&] { return Study(options, std::move(stop), observer).run(); });
}

}  // namespace lottery
