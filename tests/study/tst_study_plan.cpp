// SPDX-License-Identifier: GPL-3.0-or-later
//
// study.json: what is written is read, what is wrong is named; the jobs that a plan comes to.
#include "core/study/study_plan.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <functional>
#include <set>

#include "core/base/file.h"
#include "core/study/study_jobs.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

StudyPlan some_plan() {
    StudyPlan plan = preset_plan(StudyPreset::Quick, Mode::Rigorous);
    plan.checkpoint = "/models/bert";
    plan.data = "/data/glue";
    return plan;
}

std::string why(const Error& error) { return error.to_string(); }

}  // namespace

class TestStudyPlan : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void what_is_written_is_read_data() {
        QTest::addColumn<int>("preset");
        QTest::addColumn<int>("mode");
        for (const auto preset : all_study_presets())
            for (const auto mode : {Mode::Published, Mode::Rigorous})
                QTest::addRow("%s, %d", to_string(preset), static_cast<int>(mode))
                    << static_cast<int>(preset) << static_cast<int>(mode);
    }
    void what_is_written_is_read() {
        QFETCH(int, preset);
        QFETCH(int, mode);
        auto plan = preset_plan(static_cast<StudyPreset>(preset), static_cast<Mode>(mode));
        plan.checkpoint = "somewhere";
        plan.data = "elsewhere";
        plan.search.criterion = Criterion::Learned;
        plan.search.gates.penalty = 0.25;
        plan.training.learning_rate = 1.0 / 3.0;
        plan.seeds = {18446744073709551615ULL, 0};
        const Json json = to_json(plan);
        const auto back = study_plan_from_json(json, "study.json");
        QVERIFY2(back.has_value(), back ? "" : why(back.error()).c_str());
        QCOMPARE(to_json(*back).dump(), json.dump());
        QCOMPARE(back->search.gates.penalty, 0.25);
        QCOMPARE(back->training.learning_rate, 1.0 / 3.0);
        QVERIFY(back->hold_out == plan.hold_out);
        QVERIFY(back->mode == plan.mode);
    }

    // Q1 to Q6 as method.md has them: the mode decides what the file leaves out.
    void a_mode_sets_what_is_left_out() {
        auto json = to_json(some_plan());
        for (const char* key : {"search", "magnitude", "controls", "training"}) json.erase(key);
        json["mode"] = "published";
        const auto plan = study_plan_from_json(json, "study.json");
        QVERIFY2(plan.has_value(), plan ? "" : why(plan.error()).c_str());
        QVERIFY(plan->search.split == SearchSplit::Dev);
        QVERIFY(plan->search.phase_importance == PhaseImportance::LastPass);
        QVERIFY(plan->magnitude.mlp_output_bias == MlpOutputBias::Left);
        QVERIFY(plan->controls.random_size == RandomSize::Drawn);
        QVERIFY(plan->hold_out == std::optional<std::int64_t>(0));
    }

    void what_is_wrong_is_named_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const char* pointer, const char* value, const char* message) {
            QTest::newRow(name) << QByteArray(pointer) << QByteArray(value) << QByteArray(message);
        };
        row("unknown key", "/sedes", "[1]", "unknown key \"sedes\"");
        row("unknown option", "/training/learning_rat", "1", "study.json, training: unknown key \"learning_rat\"");
        row("unknown gate", "/search/gates", R"({"stps": 3})", "study.json, search, gates: unknown key \"stps\"");
        row("another format", "/format", "2", "2 found, 1 expected: the study belongs to another version");
        row("another kind", "/kind", "\"demo\"", "lottery demo goes on with it");
        row("a reference", "/kind", "\"reference\"", "imported study, which is only read");
        row("unknown task", "/tasks", R"(["MRPC", "SQuAD"])", "study.json, tasks");
        row("no task", "/tasks", "[]", "study.json, tasks: is empty");
        row("task twice", "/tasks", R"(["MRPC", "mrpc"])", "study.json, tasks: names one of them twice");
        row("seed twice", "/seeds", "[1, 2, 1]", "study.json, seeds: names one of them twice");
        row("seed no number", "/seeds", "[1, \"2\"]", "study.json, seeds: \"2\" found, an integer from 0 on");
        row("unknown setting", "/settings", R"(["heads_mlp"])", "\"heads_mlp\" is no setting");
        row("without its source", "/settings", R"(["global_bad"])",
            "made from global, which is not among the settings");
        row("hold-out", "/training/hold_out", "\"test\"", "a number or \"dev\" expected");
        row("negative hold-out", "/training/hold_out", "-1", "hold_out: -1 found, 0 or more expected");
        row("unknown mode", "/mode", "\"sloppy\"", "one of published, rigorous expected");
        row("unknown criterion", "/search/criterion", "\"magic\"", "one of gradient, ");
        row("no checkpoint", "/checkpoint", "\"\"", "study.json, checkpoint: is empty");
        row("number as text", "/training/epochs", "\"3\"", "study.json, training, epochs: \"3\" found");
    }
    void what_is_wrong_is_named() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, message);
        auto json = to_json(some_plan());
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto plan = study_plan_from_json(json, "study.json");
        QVERIFY(!plan);
        const auto said = QByteArray::fromStdString(why(plan.error()));
        QVERIFY2(said.contains(message), said.constData());
    }

    void a_missing_key_is_named_data() {
        QTest::addColumn<QByteArray>("key");
        for (const char* key : {"format", "checkpoint", "data", "tasks", "seeds", "settings"})
            QTest::newRow(key) << QByteArray(key);
    }
    void a_missing_key_is_named() {
        QFETCH(QByteArray, key);
        auto json = to_json(some_plan());
        json.erase(key.toStdString());
        const auto plan = study_plan_from_json(json, "study.json");
        QVERIFY(!plan);
        const auto said = QByteArray::fromStdString(why(plan.error()));
        QVERIFY2(said.contains("has no key \"" + key + "\""), said.constData());
    }

    void a_folder_that_holds_something_is_refused() {
        const auto plan = some_plan();
        QVERIFY(write_study(path("new"), plan));
        const auto again = write_study(path("new"), plan);
        QVERIFY(!again);
        QVERIFY(why(again.error()).find("already holds a study") != std::string::npos);
        QVERIFY(write_file_atomically(path("other") / "notes.txt", "mine"));
        const auto other = write_study(path("other"), plan);
        QVERIFY(!other);
        QVERIFY(why(other.error()).find("is not empty") != std::string::npos);
        QVERIFY(fs::exists(path("other") / "notes.txt"));
        const auto none = read_study_plan(path("nowhere"));
        QVERIFY(!none);
        QVERIFY(why(none.error()).find("no study.json") != std::string::npos);
    }

    void the_papers_jobs() {
        auto plan = preset_plan(StudyPreset::Paper, Mode::Published);
        plan.checkpoint = "/models/bert";
        plan.data = "/data/glue";
        const auto jobs = study_jobs(plan, "/study");
        QVERIFY2(jobs.has_value(), jobs ? "" : why(jobs.error()).c_str());
        std::map<StudyJobKind, int> counts;
        for (const auto& job : *jobs) ++counts[job.kind];
        const int models = 9 * 5;
        QCOMPARE(counts[StudyJobKind::Finetune], models);
        QCOMPARE(counts[StudyJobKind::Search], models * 4);   // heads, mlps, heads_mlps, global
        QCOMPARE(counts[StudyJobKind::Control], models * 4);  // random and bad, structured and magnitude
        QCOMPARE(counts[StudyJobKind::Supermasks], 9);
        QCOMPARE(counts[StudyJobKind::Retrain], models * 9);
        QCOMPARE(counts[StudyJobKind::Evaluate], 9);
        QCOMPARE(counts[StudyJobKind::Figures], 1);

        std::set<std::string> ids;
        for (std::size_t i = 0; i < jobs->size(); ++i) {
            QVERIFY((*jobs)[i].needs.empty() == ((*jobs)[i].kind == StudyJobKind::Finetune));
            for (const auto need : (*jobs)[i].needs) QVERIFY(need < i);
            ids.insert((*jobs)[i].id);
        }
        QCOMPARE(ids.size(), jobs->size());
        // Everything in the end comes to the figures.
        std::vector<bool> used(jobs->size(), false);
        used.back() = true;
        for (std::size_t i = jobs->size(); i-- > 0;)
            if (used[i])
                for (const auto need : (*jobs)[i].needs) used[need] = true;
        for (std::size_t i = 0; i < jobs->size(); ++i)
            if (!used[i])
                QVERIFY2((*jobs)[i].setting == "heads" || (*jobs)[i].setting == "mlps", (*jobs)[i].id.c_str());
    }

    void paths_of_the_demo_lie_in_its_folder() {
        const auto plan = preset_plan(StudyPreset::Demo, Mode::Rigorous);
        QVERIFY(write_study(path("demo"), plan));
        const auto read = read_study_plan(path("demo"));
        QVERIFY2(read.has_value(), read ? "" : why(read.error()).c_str());
        const auto jobs = study_jobs(*read, path("demo"));
        QVERIFY2(jobs.has_value(), jobs ? "" : why(jobs.error()).c_str());
        const auto& first = std::get<FinetuneRequest>(jobs->front().request);
        QCOMPARE(first.checkpoint.string(), (path("demo") / "checkpoint").string());
        QVERIFY(fs::exists(first.checkpoint / "model.safetensors"));
        // As many as the demo's dev sets have.
        QCOMPARE(first.options.hold_out, std::int64_t{400});
    }
};

QTEST_APPLESS_MAIN(TestStudyPlan)
#include "tst_study_plan.moc"
