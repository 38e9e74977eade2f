// SPDX-License-Identifier: GPL-3.0-or-later
//
// A whole study evaluated: the scores are those of single evaluations, only what is missing or changed is evaluated
// again, and a study that is half done or damaged says so. Models and data: tests/goldens/search.
#include "core/study/study_evaluation.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/analysis/results_table.h"
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/mask_files.h"
#include "core/study/results_files.h"
#include "core/study/study_tree.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

class Watcher : public StudyEvaluationObserver {
public:
    std::vector<StudyScore> scores;
    std::vector<std::string> messages;
    std::vector<Progress> progress;
    std::stop_source stop;
    int stop_after = -1;

    void on_study_score(const StudyScore& score) override {
        scores.push_back(score);
        if (static_cast<int>(scores.size()) == stop_after) stop.request_stop();
    }
    void on_message(Severity, const std::string& message) override { messages.push_back(message); }
    void on_progress(const Progress& p) override { progress.push_back(p); }
};

void copy_into(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

// The mask of layer 0 without its first head and MLP.
ComponentMasks some_mask(const fs::path& model) {
    const auto config = read_json(model / "config.json");
    auto masks = ComponentMasks::all_kept((*config)["num_hidden_layers"].get<int>(),
                                          (*config)["num_attention_heads"].get<int>());
    masks.heads.values.front() = 0.0F;
    masks.mlps.front() = 0.0F;
    return masks;
}

const ExperimentResults* find(const std::vector<ExperimentResults>& results, const std::string& name) {
    for (const auto& experiment : results)
        if (experiment.name == name) return &experiment;
    return nullptr;
}

}  // namespace

class TestStudyEvaluation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        for (const char* golden : {"pair_classification", "regression", "zero_score"})
            copy_into(golden_folder("search") / golden / "data", root() / "glue");
        add_model(TaskId::MRPC, 1, "pair_classification");
        add_model(TaskId::MRPC, 2, "pair_classification");
        add_model(TaskId::STSB, 1, "regression");
    }

    void scores_are_those_of_single_evaluations() {
        add_masks("heads_mlps", TaskId::MRPC, 1);
        add_masks("heads_mlps", TaskId::STSB, 1);
        Watcher watcher;
        const auto report = run_study_evaluation(request(), {}, watcher);
        QVERIFY_VALUE(report);
        QCOMPARE(report->evaluated, 5);
        QCOMPARE(report->unchanged, 0);
        QVERIFY(report->passed_over.empty());
        QCOMPARE(watcher.scores.size(), std::size_t{5});
        QCOMPARE(watcher.scores.back().experiment, std::string("head_mlp"));
        QCOMPARE(watcher.progress.back().done, watcher.progress.back().total);

        EvaluateRequest single;
        single.checkpoint = model(TaskId::MRPC, 1);
        single.data = root() / "glue";
        single.task = TaskId::MRPC;
        single.max_seq_length = 24;
        single.compute = {"cpu", 1};
        single.head_mask = root() / "masks/heads_mlps/MRPC/seed_1/head_mask.npy";
        single.mlp_mask = root() / "masks/heads_mlps/MRPC/seed_1/mlp_mask.npy";
        ProgressSink silent;
        const auto expected = run_evaluate(single, {}, silent);
        QVERIFY_VALUE(expected);
        const auto* good = find(report->results, "head_mlp");
        QVERIFY(good != nullptr);
        QCOMPARE(good->per_seed.at(TaskId::MRPC).at(1), expected->metrics);
        QCOMPARE(good->predicted_share.at(TaskId::MRPC).at(1), expected->predicted_share);
        QVERIFY(good->predicted_share.at(TaskId::STSB).at(1).empty());
        QCOMPARE(watcher.scores[3].kept_share, expected->parameters_kept_share);
        QVERIFY(watcher.scores[3].kept_share < 1.0);

        const auto* full = find(report->results, "no_mask");
        QVERIFY(full != nullptr);
        QCOMPARE(full->per_seed.at(TaskId::MRPC).size(), std::size_t{2});
        QVERIFY(full->per_seed.at(TaskId::MRPC).at(1) != expected->metrics || expected->metrics.empty());
        const auto* majority = find(report->results, "freq_baseline");
        QVERIFY(majority != nullptr);
        for (const auto& [metric, value] : expected->majority_baseline)
            QCOMPARE(majority->summary.at(TaskId::MRPC).at(metric).mean, value);
        QVERIFY(std::abs(majority->summary.at(TaskId::STSB).at("pearson").mean) < 0.5);

        const auto record = read_json(root() / "evaluate_masked/head_mlp/evaluations.json");
        QVERIFY_VALUE(record);
        const auto& inputs = record->at("evaluations").at("MRPC").at("1").at("inputs");
        QCOMPARE(inputs.at("masks_sha256").at("head_mask.npy").get<std::string>(), *sha256_of_file(*single.head_mask));
        QCOMPARE(inputs.at("removal").get<std::string>(), std::string("physical"));
        QVERIFY(fs::exists(root() / "evaluate_masked/run.json"));
        for (const char* file : {"results.svg", "results.csv"})
            QVERIFY2(fs::file_size(root() / "figures" / file) > 100, file);
        QCOMPARE(report->figures.size(), std::size_t{1});
        QVERIFY(read_file(root() / "figures/results.csv")->find("good, pruned") != std::string::npos);
        QVERIFY(to_json(*report).at("experiments").size() == 3);
    }

    void only_what_is_new_or_changed_is_evaluated_again() {
        add_masks("heads_mlps", TaskId::MRPC, 1);
        QCOMPARE(evaluated(request()), (std::pair{4, 0}));
        QCOMPARE(evaluated(request()), (std::pair{0, 4}));
        add_masks("heads_mlps", TaskId::MRPC, 2);  // new
        QCOMPARE(evaluated(request()), (std::pair{1, 4}));
        auto masks = some_mask(model(TaskId::MRPC, 1));
        masks.heads.values.back() = 0.0F;
        QVERIFY_VALUE(write_mask_files(root() / "masks/heads_mlps/MRPC/seed_1", masks));
        QCOMPARE(evaluated(request()), (std::pair{1, 4}));
        auto multiplied = request();  // changes nothing for whole models
        multiplied.removal = Removal::Multiply;
        QCOMPARE(evaluated(multiplied), (std::pair{2, 3}));
        auto shorter = request();
        shorter.limit_dev = 20;
        QCOMPARE(evaluated(shorter), (std::pair{5, 0}));
        // A score that was taken away comes back.
        fs::remove(root() / "evaluate_masked/no_mask/per_seed.json");
        QCOMPARE(evaluated(shorter), (std::pair{3, 2}));
    }

    void some_tasks_and_experiments() {
        add_masks("heads_mlps", TaskId::MRPC, 1);
        auto some = request();
        some.tasks = {TaskId::STSB};
        QCOMPARE(evaluated(some), (std::pair{1, 0}));
        some.tasks.clear();
        some.experiments = {"head_mlp", "head_mlp_retrained"};
        Watcher watcher;
        const auto report = run_study_evaluation(some, {}, watcher);
        QVERIFY_VALUE(report);
        QCOMPARE(report->evaluated, 1);
        QCOMPARE(report->passed_over.size(), std::size_t{1});
        QVERIFY(report->passed_over[0].find("no models/heads_mlps") != std::string::npos);
        // What was there before stays.
        QVERIFY(find(report->results, "no_mask")->per_seed.contains(TaskId::STSB));
    }

    void all_kinds_of_experiments_are_found() {
        for (const char* setting : {"heads_mlps", "heads_mlps_random", "heads_mlps_bad_1", "heads_mlps_super",
                                    "heads_mlps_super_bad", "heads_mlps_super_midling"}) {
            add_masks(setting, TaskId::MRPC, 1);
            copy_into(model(TaskId::MRPC, 1), root() / "models" / setting / "MRPC/seed_1");
        }
        Watcher watcher;
        const auto report = run_study_evaluation(request(), {}, watcher);
        QVERIFY_VALUE(report);
        QCOMPARE(report->evaluated, 3 + 6 + 6);
        for (const char* name : {"head_mlp", "head_mlp_random", "head_mlp_bad_1", "head_mlp_super",
                                 "head_mlp_super_bizzaro", "head_mlp_super_midling"})
            for (const char* suffix : {"", "_retrained"})
                QVERIFY2(find(report->results, std::string(name) + suffix) != nullptr, name);
        // A retrained model is what it is: without masks it scores like the full one it is a copy of.
        QCOMPARE(find(report->results, "head_mlp_super_bizzaro_retrained")->per_seed.at(TaskId::MRPC).at(1),
                 find(report->results, "no_mask")->per_seed.at(TaskId::MRPC).at(1));
        QCOMPARE(report->figures.size(), std::size_t{2});
    }

    void degenerate_models_show() {
        add_model(TaskId::CoLA, 1, "zero_score");
        auto cola = request();
        cola.tasks = {TaskId::CoLA};
        Watcher watcher;
        const auto report = run_study_evaluation(cola, {}, watcher);
        QVERIFY_VALUE(report);
        QVERIFY(!degenerate_class(watcher.scores.front().predicted_share).empty());
        const auto text = text_of(score_table(report->results));
        QVERIFY2(text.find("! predicts one class in more than 99% of the examples: full model CoLA seed 1.") !=
                     std::string::npos,
                 text.c_str());
    }

    void a_study_half_done() {
        add_masks("heads_mlps", TaskId::MRPC, 1);
        add_masks("heads_mlps", TaskId::MRPC, 3);                             // no such model
        QVERIFY_VALUE(make_folder(root() / "masks/heads_mlps/MRPC/seed_2"));  // its search has not ended
        QVERIFY_VALUE(make_folder(root() / "models/finetuned/MRPC/seed_9"));  // nor its fine-tuning
        QVERIFY_VALUE(write_file_atomically(root() / "masks/global/MRPC/seed_1/notes", "none yet"));
        Watcher watcher;
        const auto report = run_study_evaluation(request(), {}, watcher);
        QVERIFY_VALUE(report);
        QCOMPARE(report->evaluated, 4);
        QString said;
        for (const auto& what : report->passed_over) said += QString::fromStdString(what) + "\n";
        for (const char* part : {"no_mask: 1 of 4", "head_mlp: 1 of 3", "no head_mask.npy", "no finished model",
                                 "global_magnitude: 1 of 1", "no weight_mask.safetensors"})
            QVERIFY2(said.contains(part), qPrintable(said));
        QCOMPARE(watcher.messages.size(), report->passed_over.size());
    }

    void cancelled_it_keeps_the_scores() {
        Watcher watcher;
        watcher.stop_after = 2;
        QVERIFY(run_study_evaluation(request(), watcher.stop.get_token(), watcher).cancelled());
        QCOMPARE(watcher.scores.size(), std::size_t{2});
        QVERIFY(!fs::exists(root() / "figures"));
        QCOMPARE(evaluated(request()), (std::pair{1, 2}));
    }

    void refused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("no study") << "study"
                                  << "has no folder models";
        QTest::newRow("no models") << "empty"
                                   << "nothing to evaluate";
        QTest::newRow("no data") << "data"
                                 << "nowhere";
        QTest::newRow("no data of a task") << "task data"
                                           << "STS-B";
        QTest::newRow("an unknown experiment") << "experiment"
                                               << "\"head_mpl\" is no experiment";
        QTest::newRow("a half") << "half"
                                << "element 0 is 0.5";
        QTest::newRow("another model's mask") << "shape"
                                              << "the model has";
        QTest::newRow("a missing mlp mask") << "mlps"
                                            << "mlp_mask.npy: no such file";
        QTest::newRow("too long sequences") << "length"
                                            << "positions";
        QTest::newRow("a damaged config") << "config"
                                          << "config.json";
        QTest::newRow("a damaged record") << "record"
                                          << "evaluations.json";
    }
    void refused() {
        QFETCH(QString, what);
        QFETCH(QString, said);
        auto r = request();
        add_masks("heads_mlps", TaskId::MRPC, 2);
        const fs::path masks = root() / "masks/heads_mlps/MRPC/seed_2";
        if (what == "study") r.study = root() / "nowhere";
        if (what == "empty") fs::remove_all(root() / "models/finetuned");
        if (what == "data") r.data = root() / "nowhere";
        if (what == "task data") fs::remove_all(root() / "glue/STS-B");
        if (what == "experiment") r.experiments = {"head_mpl"};
        if (what == "half") {
            auto half = some_mask(model(TaskId::MRPC, 2));
            half.heads.values.front() = 0.5F;
            QVERIFY_VALUE(write_mask_files(masks, half));
        }
        if (what == "shape") QVERIFY_VALUE(write_mask_files(masks, ComponentMasks::all_kept(7, 3)));
        if (what == "mlps") fs::remove(masks / "mlp_mask.npy");
        if (what == "length") r.max_seq_length = 1000;
        if (what == "config") QVERIFY_VALUE(write_file_atomically(model(TaskId::STSB, 1) / "config.json", "{"));
        if (what == "record")
            QVERIFY_VALUE(write_file_atomically(root() / "evaluate_masked/no_mask/evaluations.json", "[]"));
        Watcher watcher;
        const auto report = run_study_evaluation(r, {}, watcher);
        QVERIFY2(report.failed(), why(report).c_str());
        QVERIFY2(QString::fromStdString(why(report)).contains(said), why(report).c_str());
        QVERIFY(watcher.scores.empty());
        QVERIFY(!fs::exists(root() / "evaluate_masked/freq_baseline"));
    }

private:
    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }
    [[nodiscard]] fs::path model(TaskId task, std::uint64_t seed) const {
        return root() / "models/finetuned" / run_place(task, seed);
    }
    void add_model(TaskId task, std::uint64_t seed, const char* golden) const {
        copy_into(golden_folder("search") / golden / "checkpoint", model(task, seed));
    }
    void add_masks(const char* setting, TaskId task, std::uint64_t seed) const {
        const auto source = fs::exists(model(task, seed)) ? seed : std::uint64_t{1};
        QVERIFY_VALUE(
            write_mask_files(root() / "masks" / setting / run_place(task, seed), some_mask(model(task, source))));
    }
    [[nodiscard]] StudyEvaluationRequest request() const {
        StudyEvaluationRequest r;
        r.study = root();
        r.data = root() / "glue";
        r.max_seq_length = 24;
        r.compute = {"cpu", 1};
        return r;
    }
    static std::pair<int, int> evaluated(const StudyEvaluationRequest& r) {
        Watcher watcher;
        const auto report = run_study_evaluation(r, {}, watcher);
        if (!report) qWarning("%s", why(report).c_str());
        return report ? std::pair{report->evaluated, report->unchanged} : std::pair{-1, -1};
    }

    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestStudyEvaluation)
#include "tst_study_evaluation.moc"
