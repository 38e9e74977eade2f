// SPDX-License-Identifier: GPL-3.0-or-later
//
// The demo study, in a reduced form: that it shows the effect, that what it writes agrees with what it reports, and
// that it goes on where it was stopped.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <functional>

#include "core/base/file.h"
#include "core/pruning/search_record.h"
#include "core/study/demo.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

using Kind = DemoStage::Kind;

// Counts stages, and asks for a stop where a test wants one.
class Watcher : public DemoObserver {
public:
    std::function<void(const DemoStage&)> at_stage;
    std::function<void(const TrainingStep&)> at_training_step;
    std::function<void(const MaskSearchStep&)> at_search_step;
    std::function<void(const Progress&)> at_progress;
    std::vector<DemoStage> stages;
    std::vector<DemoScores> scores;
    std::int64_t training_steps = 0;
    int search_steps = 0;

    void on_stage(const DemoStage& stage) override {
        stages.push_back(stage);
        if (at_stage) at_stage(stage);
    }
    void on_scores(const DemoScores& s) override { scores.push_back(s); }
    void on_training_step(const TrainingStep& step) override {
        ++training_steps;
        if (at_training_step) at_training_step(step);
    }
    void on_search_step(const MaskSearchStep& step) override {
        ++search_steps;
        if (at_search_step) at_search_step(step);
    }
    void on_progress(const Progress& p) override {
        if (at_progress) at_progress(p);
    }
    [[nodiscard]] bool finished_before(Kind kind) const {
        return std::any_of(stages.begin(), stages.end(),
                           [&](const DemoStage& s) { return s.kind == kind && s.finished_before; });
    }
};

std::string bytes_of(const fs::path& file) {
    auto bytes = read_file(file);
    return bytes ? *bytes : "cannot be read: " + bytes.error().to_string();
}

std::string why(const Outcome<DemoReport>& outcome) {
    return outcome.failed() ? outcome.error().to_string() : outcome.cancelled() ? "cancelled" : "done";
}

// Large enough to learn something, small enough for seconds.
DemoOptions small_study(const fs::path& out) {
    DemoOptions options;
    options.out = out;
    options.tasks = {TaskId::SST2};
    options.seeds = {7};
    options.train_rows = 900;
    options.dev_rows = 60;
    options.epochs = 2;
    options.random_masks = 3;
    options.compute = {"cpu", 1};
    return options;
}

}  // namespace

class TestDemo : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(folder_.isValid()); }

    void shows_the_effect() {
        DemoOptions options;
        options.out = root() / "effect";
        options.tasks = {TaskId::SST2};
        options.seeds = {1337};
        options.random_masks = 10;
        options.compute = {"cpu", 1};
        Watcher watcher;
        const auto report = run_demo(options, {}, watcher);
        QVERIFY2(report, why(report).c_str());
        QCOMPARE(report->scores.size(), std::size_t{1});
        const auto& s = report->scores.front();
        const auto shown = to_json(s).dump();
        QCOMPARE(s.majority, 0.5);
        QVERIFY2(s.full >= 0.9, shown.c_str());
        QVERIFY2(s.importance >= 0.85 * s.full, shown.c_str());
        // How far random masks fall depends on how many components are left, which differs between processors; that
        // they fall, and below the mask that importance found, does not.
        QVERIFY2(s.importance >= s.random_mean + 0.03, shown.c_str());
        const auto beaten = std::count_if(s.random.begin(), s.random.end(), [&](double r) { return r < s.importance; });
        QVERIFY2(beaten >= 9, shown.c_str());
        QVERIFY2(s.kept_heads < s.heads || s.kept_mlps < s.mlps, shown.c_str());
        QCOMPARE(s.random.size(), std::size_t{10});
        check_files(options, *report);
        check_run_again(options, *report);
    }

    void goes_on_to_the_same_files() {
        const auto undisturbed = small_study(root() / "undisturbed");
        Watcher plain;
        const auto expected = run_demo(undisturbed, {}, plain);
        QVERIFY2(expected, why(expected).c_str());

        const auto stopped = small_study(root() / "stopped");
        const auto run_until = [&](const std::function<void(Watcher&, std::stop_source&)>& arm, Watcher& watcher) {
            std::stop_source source;
            arm(watcher, source);
            return run_demo(stopped, source.get_token(), watcher);
        };
        Watcher in_training, in_search, in_masks, at_end;
        QVERIFY(run_until(
                    [](Watcher& w, std::stop_source& s) {
                        w.at_training_step = [&s](const TrainingStep& step) {
                            if (step.step == 9) s.request_stop();
                        };
                    },
                    in_training)
                    .cancelled());
        QCOMPARE(in_training.training_steps, std::int64_t{9});
        QVERIFY(run_until(
                    [](Watcher& w, std::stop_source& s) {
                        w.at_search_step = [&s](const MaskSearchStep& step) {
                            if (step.index == 1) s.request_stop();
                        };
                    },
                    in_search)
                    .cancelled());
        QVERIFY(!in_search.finished_before(Kind::FineTuning));
        QVERIFY(!fs::exists(stopped.out / "masks/heads_mlps/SST-2/seed_7/search.json"));
        QVERIFY(run_until(
                    [](Watcher& w, std::stop_source& s) {
                        w.at_progress = [&s](const Progress& p) {
                            if (p.unit == "masks") s.request_stop();
                        };
                    },
                    in_masks)
                    .cancelled());
        QVERIFY(in_masks.finished_before(Kind::FineTuning) && !in_masks.finished_before(Kind::MaskSearch));
        QVERIFY(!fs::exists(stopped.out / "figures"));
        const auto report = run_until([](Watcher&, std::stop_source&) {}, at_end);
        QVERIFY2(report, why(report).c_str());
        QVERIFY(at_end.finished_before(Kind::MaskSearch) && !at_end.finished_before(Kind::RandomMasks));

        for (const char* file :
             {"models/finetuned/SST-2/seed_7/model.safetensors", "masks/heads_mlps/SST-2/seed_7/head_mask.npy",
              "masks/heads_mlps/SST-2/seed_7/head_importance_0.npy",
              "masks/heads_mlps_random/SST-2/seed_7/head_mask_2.npy", "evaluate_masked/head_mlp_random/per_seed.json",
              "figures/scores.csv", "figures/survival.svg"})
            QVERIFY2(bytes_of(undisturbed.out / file) == bytes_of(stopped.out / file), file);
    }

    void a_stop_before_the_start_writes_no_model() {
        std::stop_source source;
        source.request_stop();
        Watcher watcher;
        QVERIFY(run_demo(small_study(root() / "never"), source.get_token(), watcher).cancelled());
        QVERIFY(!fs::exists(root() / "never/models"));
    }

    void refuses_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("a folder with other content") << "foreign"
                                                     << "holds no demo study";
        QTest::newRow("a study of another seed") << "seed"
                                                 << "\"seed\" is 99, expected 1";
        QTest::newRow("a damaged study.json") << "damaged"
                                              << "study.json";
        QTest::newRow("a file") << "file"
                                << "is not a folder";
        QTest::newRow("no folder") << "none"
                                   << "--out";
        QTest::newRow("no tasks") << "tasks"
                                  << "tasks";
        QTest::newRow("a task twice") << "twice"
                                      << "tasks";
        QTest::newRow("a task of another kind") << "mrpc"
                                                << "MRPC";
        QTest::newRow("no seeds") << "seeds"
                                  << "seeds";
        QTest::newRow("too few training rows") << "rows"
                                               << "train_rows is 60";
        QTest::newRow("no epochs") << "epochs"
                                   << "epochs is 0";
        QTest::newRow("no random masks") << "masks"
                                         << "random_masks is 0";
    }

    void refuses() {
        QFETCH(QString, what);
        QFETCH(QString, said);
        const fs::path out = root() / "refused" / what.toStdString();
        auto options = small_study(out);
        fs::path kept = out / "notes.txt";
        std::string content = "mine";
        if (what == "seed") {
            kept = out / "study.json";
            content =
                "{\"format\": 1, \"kind\": \"demo\", \"checkpoint\": \"checkpoint\", \"data\": \"glue\", \"tasks\": "
                "[\"SST-2\"], \"seeds\": [7], "
                "\"settings\": [\"heads_mlps\", \"heads_mlps_random\"], \"seed\": 99}";
        } else if (what == "damaged") {
            kept = out / "study.json";
            content = "{";
        } else if (what == "file") {
            kept = out;
        }
        const bool occupied = what == "foreign" || what == "seed" || what == "damaged" || what == "file";
        if (occupied) QVERIFY(write_file_atomically(kept, content));
        if (what == "none") options.out.clear();
        if (what == "tasks") options.tasks.clear();
        if (what == "twice") options.tasks = {TaskId::RTE, TaskId::RTE};
        if (what == "mrpc") options.tasks = {TaskId::MRPC};
        if (what == "seeds") options.seeds.clear();
        if (what == "rows") options.train_rows = options.dev_rows;
        if (what == "epochs") options.epochs = 0;
        if (what == "masks") options.random_masks = 0;

        Watcher watcher;
        const auto outcome = run_demo(options, {}, watcher);
        QVERIFY2(outcome.failed(), why(outcome).c_str());
        QVERIFY2(why(outcome).find(said.toStdString()) != std::string::npos, why(outcome).c_str());
        QVERIFY(watcher.stages.empty());
        if (occupied)
            QCOMPARE(QString::fromStdString(bytes_of(kept)), QString::fromStdString(content));
        else
            QVERIFY(!fs::exists(out));
    }

private:
    [[nodiscard]] fs::path root() const { return folder_.path().toStdString(); }

    // Masks, scores and figures on disk are those of the report.
    static void check_files(const DemoOptions& options, const DemoReport& report) {
        const auto& s = report.scores.front();
        const fs::path place = "SST-2/seed_1337";
        const auto search = read_mask_search(options.out / "masks/heads_mlps" / place);
        QVERIFY2(search, search ? "" : search.error().to_string().c_str());
        QCOMPARE(search->masks.kept_heads(), s.kept_heads);
        QCOMPARE(search->masks.kept_mlps(), s.kept_mlps);
        QCOMPARE(search->dev_score.value_or(-1), s.importance);
        QCOMPARE(search->dev_full_score.value_or(-1), s.full);
        bool differ = false;
        for (int i = 0; i < options.random_masks; ++i) {
            const auto folder = options.out / "masks/heads_mlps_random" / place;
            const auto heads = read_head_mask(folder / ("head_mask_" + std::to_string(i) + ".npy"), 4, 4);
            const auto mlps = read_mlp_mask(folder / ("mlp_mask_" + std::to_string(i) + ".npy"), 4);
            QVERIFY(heads && mlps);
            const ComponentMasks masks{*heads, *mlps};
            QCOMPARE(masks.kept_heads(), s.kept_heads);
            QCOMPARE(masks.kept_mlps(), s.kept_mlps);
            differ = differ || masks.heads != search->masks.heads;
        }
        QVERIFY(differ);

        EvaluateRequest evaluate;
        evaluate.checkpoint = options.out / "models/finetuned" / place;
        evaluate.data = options.out / "glue";
        evaluate.task = TaskId::SST2;
        evaluate.max_seq_length = 32;
        evaluate.compute = options.compute;
        evaluate.removal = Removal::Multiply;
        evaluate.head_mask = options.out / "masks/heads_mlps_random" / place / "head_mask_0.npy";
        evaluate.mlp_mask = options.out / "masks/heads_mlps_random" / place / "mlp_mask_0.npy";
        ProgressSink silent;
        const auto evaluated = run_evaluate(evaluate, {}, silent);
        QVERIFY(evaluated);
        QCOMPARE(evaluated->metrics.at("acc"), s.random.front());

        const auto results = read_json(options.out / "evaluate_masked/head_mlp/baseline/results.json");
        QVERIFY(results);
        QCOMPARE((*results)["SST-2"]["acc"][0].get<double>(), s.importance);
        QCOMPARE((*results)["SST-2"]["acc"][1].get<double>(), 0.0);
        const auto per_seed = read_json(options.out / "evaluate_masked/no_mask/per_seed.json");
        QVERIFY(per_seed);
        QCOMPARE((*per_seed)["SST-2"]["1337"]["acc"].get<double>(), s.full);

        QVERIFY(report.figures.size() >= 5);
        for (const auto& figure : report.figures) {
            QVERIFY2(bytes_of(figure).find("Lottery Workbench") != std::string::npos, figure.c_str());
            auto csv = figure;
            QVERIFY2(fs::file_size(csv.replace_extension(".csv")) > 20, figure.c_str());
        }
        QVERIFY(summary_text(report).find("SST-2") != std::string::npos);
    }

    // A second run of the same study only reads, and reports the same.
    static void check_run_again(const DemoOptions& options, const DemoReport& first) {
        Watcher watcher;
        const auto report = run_demo(options, {}, watcher);
        QVERIFY2(report, why(report).c_str());
        QCOMPARE(watcher.training_steps, std::int64_t{0});
        QCOMPARE(watcher.search_steps, 0);
        for (const auto kind : {Kind::FineTuning, Kind::MaskSearch, Kind::RandomMasks})
            QVERIFY(watcher.finished_before(kind));
        QCOMPARE(QString::fromStdString(to_json(report->scores.front()).dump()),
                 QString::fromStdString(to_json(first.scores.front()).dump()));

        // A mask that is not this model's is noticed.
        const auto masks = options.out / "masks/heads_mlps/SST-2/seed_1337";
        QVERIFY(write_head_matrix(masks / "head_mask.npy", HeadMatrix(4, 4, 1.0F)));
        Watcher again;
        const auto outcome = run_demo(options, {}, again);
        QVERIFY(outcome.failed());
        QVERIFY2(why(outcome).find("another model, mask") != std::string::npos, why(outcome).c_str());
    }

    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestDemo)
#include "tst_demo.moc"
