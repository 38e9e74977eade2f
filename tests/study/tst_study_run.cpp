// SPDX-License-Identifier: GPL-3.0-or-later
//
// A small study worked through: everything once, nothing twice; what is out of date again, and only that.
#include "core/study/study_run.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <functional>
#include <map>

#include "core/base/file.h"
#include "core/base/file_lock.h"
#include "core/study/study_estimate.h"
#include "core/study/study_plan.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

// What was done, by id, and how it ended.
class Watcher : public StudyObserver {
public:
    std::vector<std::string> begun;
    std::map<std::string, JobStatus> ended;
    std::vector<std::string> messages;
    std::vector<std::size_t> queues;  // how many were left, before each job
    std::function<void(const std::string&)> at_begin;
    std::function<void(const TrainingStep&)> at_training_step;
    std::function<void()> at_search_step;  // of either search

    void on_study(const std::vector<StudyJob>& jobs, const std::vector<JobStatus>&) override { jobs_ = jobs; }
    void on_job_begin(std::size_t job, const JobStatus& found) override {
        if (found.state == JobState::Outdated) QVERIFY(!found.why.empty());
        begun.push_back(jobs_[job].id);
        if (at_begin) at_begin(begun.back());
    }
    void on_queue(const std::vector<std::size_t>& jobs) override { queues.push_back(jobs.size()); }
    void on_job_end(std::size_t job, const JobStatus& status) override { ended[jobs_[job].id] = status; }
    void on_message(Severity, const std::string& message) override { messages.push_back(message); }
    void on_training_step(const TrainingStep& step) override {
        if (at_training_step) at_training_step(step);
    }
    void on_search_step(const MaskSearchStep&) override {
        if (at_search_step) at_search_step();
    }
    void on_magnitude_step(const MagnitudeStep&) override {
        if (at_search_step) at_search_step();
    }

private:
    std::vector<StudyJob> jobs_;
};

std::string told(const Outcome<StudyRunReport>& outcome) {
    if (outcome.cancelled()) return "cancelled";
    if (outcome.failed()) return outcome.error().to_string();
    std::string text;
    for (const auto& failure : outcome->failures) text += failure.title + ": " + failure.error.to_string() + "\n";
    return text;
}

// Seconds: one task, untrained enough that rigorous searches would refuse it.
StudyPlan small_plan() {
    auto plan = preset_plan(StudyPreset::Demo, Mode::Published);
    plan.tasks = {TaskId::SST2};
    plan.seeds = {7, 8};
    plan.settings = {StudySetting::HeadsMlps,      StudySetting::HeadsMlpsRandom, StudySetting::HeadsMlpsBad,
                     StudySetting::HeadsMlpsSuper, StudySetting::Global,          StudySetting::GlobalRandom};
    plan.training.epochs = 1;
    plan.training.limit_train = 96;
    plan.training.limit_dev = plan.search.limit_dev = plan.magnitude.limit_dev = 40;
    plan.training.save_steps = 1;
    plan.compute = {"cpu", 1};
    return plan;
}

Outcome<StudyRunReport> run(const fs::path& study, Watcher& watcher, std::stop_token stop = {},
                            std::vector<std::string> only = {}) {
    return run_study({study, std::nullopt, std::move(only), nullptr}, std::move(stop), watcher);
}

void change_plan(const fs::path& study, const std::function<void(StudyPlan&)>& change) {
    auto plan = read_study_plan(study);
    QVERIFY(plan);
    change(*plan);
    QVERIFY(write_json(study / "study.json", to_json(*plan)));
}

std::string bytes_of(const fs::path& file) {
    auto bytes = read_file(file);
    return bytes ? *bytes : "cannot be read: " + bytes.error().to_string();
}

// Without the times in them, everything that a study wrote.
std::map<std::string, std::string> files_of(const fs::path& study) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(study)) {
        const std::string name = entry.path().lexically_relative(study).string();
        if (!entry.is_regular_file() || name.starts_with(".study")) continue;
        std::string bytes = bytes_of(entry.path());
        if (entry.path().extension() == ".json") {
            auto json = Json::parse(bytes);
            const std::function<void(Json&)> without_times = [&](Json& value) {
                if (value.is_object()) {
                    for (const char* key :
                         {"seconds", "start", "end", "energy_joules", "energy_source", "peak_memory_bytes",
                          "examples_per_second", "checkpoint", "data", "head_mask", "mlp_mask", "weight_mask", "masks",
                          "file", "selection_seconds", "evaluated", "unchanged"})
                        value.erase(key);
                    for (auto& item : value.items()) without_times(item.value());
                } else if (value.is_array()) {
                    for (auto& item : value) without_times(item);
                }
            };
            without_times(json);
            bytes = json.dump();
        }
        if (entry.path().extension() == ".svg") {  // names the study's folder in its metadata
            const std::string folder = study.string();
            for (auto at = bytes.find(folder); at != std::string::npos; at = bytes.find(folder, at))
                bytes.replace(at, folder.size(), "STUDY");
        }
        files[name] = std::move(bytes);
    }
    return files;
}

}  // namespace

class TestStudyRun : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }
    [[nodiscard]] fs::path whole() const { return path("whole"); }

    fs::path copy_of_whole(const std::string& name) const {
        fs::copy(whole(), path(name), fs::copy_options::recursive);
        return path(name);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        QVERIFY(write_study(whole(), small_plan()));
        Watcher watcher;
        const auto outcome = run(whole(), watcher);
        QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
        QCOMPARE(outcome->done, outcome->jobs);
        QCOMPARE(outcome->done_before, 0);
        // 2 models, 4 searches, 6 controls, 1 super masks, 12 retrained, evaluation, figures.
        QCOMPARE(outcome->jobs, 27);
    }

    void everything_planned_is_there() {
        for (const char* seed : {"seed_7", "seed_8"}) {
            for (const char* setting : {"heads_mlps", "heads_mlps_random", "heads_mlps_bad_1", "heads_mlps_super"}) {
                QVERIFY2(fs::exists(whole() / "masks" / setting / "SST-2" / seed / "head_mask.npy"), setting);
                QVERIFY2(fs::exists(whole() / "models" / setting / "SST-2" / seed / "model.safetensors"), setting);
            }
            QVERIFY(fs::exists(whole() / "masks/global/SST-2" / seed / "weight_mask.safetensors"));
        }
        const auto scores = read_json(whole() / "evaluate_masked/head_mlp_super_retrained/per_seed.json");
        QVERIFY(scores);
        QCOMPARE((*scores)["SST-2"].size(), std::size_t{2});
        QVERIFY(fs::exists(whole() / "figures/results.svg"));
        QVERIFY(fs::exists(whole() / "figures/results_magnitude.svg"));
    }

    void a_second_run_does_nothing() {
        const auto before = files_of(whole());
        Watcher watcher;
        const auto outcome = run(whole(), watcher);
        QVERIFY2(outcome.done(), told(outcome).c_str());
        QCOMPARE(outcome->done, 0);
        QCOMPARE(outcome->done_before, outcome->jobs);
        QVERIFY(watcher.begun.empty());
        QVERIFY(files_of(whole()) == before);
        const auto report = study_report(whole());
        QVERIFY(report);
        QCOMPARE(report->count(JobState::Done), outcome->jobs);
    }

    // What a change reaches, and nothing else.
    void what_is_out_of_date_is_done_again_data() {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QStringList>("again");       // some of what is done again
        QTest::addColumn<QStringList>("stays");       // some of what is not
        QTest::addColumn<QByteArray>("explanation");  // in the status before
        QTest::newRow("option of searches")
            << QByteArray("threshold") << QStringList{"masks/heads_mlps/SST-2/seed_7"}
            << QStringList{"models/finetuned/SST-2/seed_7", "masks/global/SST-2/seed_7", "models/global/SST-2/seed_8"}
            << QByteArray("options/threshold: 0.9 before, 0.7 now");
        QTest::newRow("controls") << QByteArray("random_size") << QStringList{"masks/heads_mlps_random/SST-2/seed_7"}
                                  << QStringList{"masks/heads_mlps/SST-2/seed_7", "masks/heads_mlps_bad_1/SST-2/seed_7"}
                                  << QByteArray(R"(random_size: "drawn" before, "exact" now)");
        QTest::newRow("a mask that is lost")
            << QByteArray("lost") << QStringList{"masks/heads_mlps_super/SST-2"}
            << QStringList{"masks/heads_mlps/SST-2/seed_7"} << QByteArray("mlp_mask.npy: no such file");
        QTest::newRow("data") << QByteArray("data") << QStringList{"models/finetuned/SST-2/seed_7"} << QStringList{}
                              << QByteArray("data_sha256/train.tsv has changed");
        QTest::newRow("a new seed") << QByteArray("seed") << QStringList{"models/finetuned/SST-2/seed_9", "figures"}
                                    << QStringList{"models/finetuned/SST-2/seed_7", "masks/global/SST-2/seed_8"}
                                    << QByteArray();
        QTest::newRow("a damaged record")
            << QByteArray("record") << QStringList{"masks/heads_mlps_bad_1/SST-2/seed_8"}
            << QStringList{"masks/heads_mlps/SST-2/seed_8"} << QByteArray("is not valid JSON");
    }
    void what_is_out_of_date_is_done_again() {
        QFETCH(QByteArray, change);
        QFETCH(QStringList, again);
        QFETCH(QStringList, stays);
        QFETCH(QByteArray, explanation);
        const fs::path study = copy_of_whole("changed_" + change.toStdString());
        if (change == "threshold") change_plan(study, [](StudyPlan& plan) { plan.search.threshold = 0.7; });
        if (change == "random_size")
            change_plan(study, [](StudyPlan& plan) { plan.controls.random_size = RandomSize::Exact; });
        if (change == "seed") change_plan(study, [](StudyPlan& plan) { plan.seeds.push_back(9); });
        if (change == "lost") QVERIFY(fs::remove(study / "masks/heads_mlps_super_bad/SST-2/seed_8/mlp_mask.npy"));
        if (change == "data") {
            auto rows = bytes_of(study / "glue/SST-2/train.tsv");
            const auto second = rows.find('\n', rows.find('\n') + 1) + 1;
            rows.erase(second, rows.find('\n', second) + 1 - second);
            QVERIFY(write_file_atomically(study / "glue/SST-2/train.tsv", rows));
        }
        if (change == "record")
            QVERIFY(write_file_atomically(study / "masks/heads_mlps_bad_1/SST-2/seed_8/run.json", "{\"format\""));

        const auto before = study_report(study);
        QVERIFY2(before.has_value(), before ? "" : before.error().to_string().c_str());
        std::string reasons;
        for (const auto& state : before->states) reasons += state.why + "\n";
        QVERIFY2(reasons.find(explanation.toStdString()) != std::string::npos, reasons.c_str());

        Watcher watcher;
        const auto outcome = run(study, watcher);
        QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
        const auto did = [&](const QString& id) {
            return std::find(watcher.begun.begin(), watcher.begun.end(), id.toStdString()) != watcher.begun.end();
        };
        for (const auto& id : again) QVERIFY2(did(id), qPrintable(id));
        for (const auto& id : stays) QVERIFY2(!did(id), qPrintable(id));
        QVERIFY(!fs::exists(study / ".study/outdated"));
        Watcher second;
        const auto nothing = run(study, second);
        QVERIFY(nothing.done());
        QVERIFY(second.begun.empty());
    }

    // The same files as an undisturbed run, stopped in the middle of everything.
    void stopped_again_and_again_it_comes_to_the_same() {
        const fs::path study = path("stopped");
        QVERIFY(write_study(study, small_plan()));
        int stops = 0, events = 0;
        for (;;) {
            std::stop_source source;
            Watcher watcher;
            const int after = 3 + 2 * stops;
            events = 0;
            const auto count = [&] {
                if (++events >= after) source.request_stop();
            };
            watcher.at_training_step = [&](const TrainingStep&) { count(); };
            watcher.at_search_step = [&] { count(); };
            watcher.at_begin = [&](const std::string&) { count(); };
            const auto outcome = run(study, watcher, source.get_token());
            if (!outcome.cancelled()) {
                QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
                break;
            }
            QVERIFY(++stops < 200);
        }
        QVERIFY2(stops >= 5, qPrintable(QString::number(stops)));
        const auto expected = files_of(whole()), found = files_of(study);
        for (const auto& [name, bytes] : expected) {
            QVERIFY2(found.contains(name), name.c_str());
            QVERIFY2(found.at(name) == bytes, name.c_str());
        }
        QCOMPARE(found.size(), expected.size());
    }

    void a_search_goes_on_after_its_last_pass_data() {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QStringList>("files");
        QTest::newRow("components") << "heads_mlps"
                                    << QStringList{"head_mask.npy", "mlp_mask.npy", "head_importance_1.npy"};
        QTest::newRow("weights") << "global" << QStringList{"weight_mask.safetensors", "weight_survival.csv"};
    }
    void a_search_goes_on_after_its_last_pass() {
        QFETCH(QString, setting);
        QFETCH(QStringList, files);
        const fs::path study = copy_of_whole("search " + setting.toStdString());
        const std::string id = "masks/" + setting.toStdString() + "/SST-2/seed_7";
        fs::remove_all(study / id);
        std::stop_source source;
        Watcher first;
        int passes = 0;
        first.at_search_step = [&] {
            if (++passes == 2) source.request_stop();
        };
        QVERIFY(run(study, first, source.get_token(), {id}).cancelled());
        const auto report = study_report(study);
        QVERIFY(report);
        const auto at = static_cast<std::size_t>(
            std::find_if(report->jobs.begin(), report->jobs.end(), [&](const StudyJob& job) { return job.id == id; }) -
            report->jobs.begin());
        QVERIFY(report->states[at].state == JobState::Interrupted);
        QVERIFY2(report->states[at].why.find("passes") != std::string::npos, report->states[at].why.c_str());
        Watcher second;
        const auto outcome = run(study, second, {}, {id});
        QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
        QVERIFY(std::any_of(second.messages.begin(), second.messages.end(), [](const std::string& m) {
            return m.find("passes of an interrupted search") != std::string::npos;
        }));
        QVERIFY(!fs::exists(study / id / "passes.json"));
        for (const auto& name : files) {
            const auto file = name.toStdString();
            QVERIFY2(bytes_of(study / id / file) == bytes_of(whole() / id / file), file.c_str());
        }
    }

    void a_failed_job_does_not_hold_up_the_others() {
        const fs::path study = path("failing");
        auto plan = small_plan();
        plan.seeds = {7};
        plan.settings = {StudySetting::HeadsMlps, StudySetting::Global};
        // Nothing learned: rigorous searches refuse, and say so.
        plan.training.learning_rate = 1e-9;
        plan.mode = Mode::Rigorous;
        plan.search.mode = plan.magnitude.mode = Mode::Rigorous;
        QVERIFY(write_study(study, plan));
        Watcher watcher;
        const auto outcome = run(study, watcher);
        QVERIFY2(outcome.done(), told(outcome).c_str());
        QCOMPARE(outcome->failures.size(), std::size_t{2});
        QVERIFY2(outcome->failures[0].error.to_string().find("chance") != std::string::npos, told(outcome).c_str());
        QCOMPARE(outcome->done, 1);     // the model
        QCOMPARE(outcome->waiting, 4);  // two retrained, evaluation, figures
        const auto report = study_report(study);
        QVERIFY(report);
        QCOMPARE(report->count(JobState::Failed), 2);
        // Settled, it is forgotten.
        change_plan(study, [](StudyPlan& p) { p.mode = Mode::Published; });
        Watcher second;
        const auto settled = run(study, second);
        QVERIFY2(settled.done() && settled->failures.empty(), told(settled).c_str());
        const auto after = study_report(study);
        QVERIFY(after);
        QCOMPARE(after->count(JobState::Failed), 0);
    }

    void time_left_follows_what_was_measured() {
        const auto whole_report = study_report(whole());
        QVERIFY(whole_report);
        QCOMPARE(*whole_report->seconds_left, 0.0);
        const fs::path study = copy_of_whole("estimate");
        const std::string id = "models/finetuned/SST-2/seed_8";
        const auto recorded = read_json(study / id / "run.json");
        QVERIFY(recorded);
        const double both =
            (*recorded)["result"]["seconds"].get<double>() +
            (*read_json(study / "models/finetuned/SST-2/seed_7/run.json"))["result"]["seconds"].get<double>();
        const auto& job =
            whole_report
                ->jobs[static_cast<std::size_t>(std::find_if(whole_report->jobs.begin(), whole_report->jobs.end(),
                                                             [&](const StudyJob& j) { return j.id == id; }) -
                                                whole_report->jobs.begin())];
        auto estimate = StudyEstimate::make(small_plan(), study);
        QVERIFY2(estimate.has_value(), estimate ? "" : estimate.error().to_string().c_str());
        QVERIFY(!estimate->seconds(job));  // nothing is known yet
        estimate->learn(whole_report->jobs, whole_report->states);
        // Both models are alike: each takes half of what both took.
        QVERIFY(std::abs(*estimate->seconds(job) - both / 2) < 1e-9 * both);
        // Twice the epochs, nearly twice the tokens: the evaluation before training stays one.
        auto longer = job;
        std::get<FinetuneRequest>(longer.request).options.epochs = 2;
        const double ratio = *estimate->seconds(longer) / *estimate->seconds(job);
        QVERIFY2(ratio > 1.5 && ratio < 2.0, qPrintable(QString::number(ratio)));

        fs::remove_all(study / id);
        const auto report = study_report(study);
        QVERIFY(report);
        QVERIFY(*report->seconds_left >= both / 2);
        // Data that is gone is told by the job that needs it; how the study stands is told all the same.
        fs::remove_all(study / "glue/SST-2");
        QVERIFY(!study_report(study) || !study_report(study)->seconds_left);
    }

    void what_is_wanted_first_goes_first() {
        const fs::path study = path("first");
        QVERIFY(write_study(study, small_plan()));
        auto order = std::make_shared<StudyOrder>();
        order->set_first({"masks/heads_mlps/SST-2/seed_8"});
        Watcher watcher;
        // From the second job on something else is wanted.
        watcher.at_begin = [&](const std::string&) {
            if (watcher.begun.size() == 2) order->set_first({"masks/global/SST-2/seed_7", "nothing like that"});
            if (watcher.begun.size() == 4) order->set_first({});
        };
        std::stop_source stop;
        watcher.at_search_step = {};
        StudyRunRequest request;
        request.study = study;
        request.only = {"masks/heads_mlps_random/SST-2/seed_7", "masks/heads_mlps/SST-2/seed_8",
                        "masks/global/SST-2/seed_7"};
        request.order = order;
        const auto outcome = run_study(request, stop.get_token(), watcher);
        QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
        const std::vector<std::string> expected{
            "models/finetuned/SST-2/seed_8", "masks/heads_mlps/SST-2/seed_8", "models/finetuned/SST-2/seed_7",
            "masks/global/SST-2/seed_7",     "masks/heads_mlps/SST-2/seed_7", "masks/heads_mlps_random/SST-2/seed_7"};
        QCOMPARE(watcher.begun, expected);
        QCOMPARE(watcher.queues.front(), 6U);
        QCOMPARE(watcher.queues.back(), 1U);

        // What is no job is an error before anything is done.
        order->set_first({"models/finetuned/SST-2/seed_9"});
        const auto unknown = run_study(request, {}, watcher);
        QVERIFY(unknown.failed());
        QVERIFY2(told(unknown).find("seed_9\" is no job of this study") != std::string::npos, told(unknown).c_str());
    }

    void only_what_is_asked_for() {
        const fs::path study = path("only");
        QVERIFY(write_study(study, small_plan()));
        Watcher watcher;
        const auto outcome = run(study, watcher, {}, {"masks/heads_mlps_random/SST-2/seed_8"});
        QVERIFY2(outcome.done() && outcome->failures.empty(), told(outcome).c_str());
        QCOMPARE(watcher.begun,
                 (std::vector<std::string>{"models/finetuned/SST-2/seed_8", "masks/heads_mlps/SST-2/seed_8",
                                           "masks/heads_mlps_random/SST-2/seed_8"}));
        const auto unknown = run(study, watcher, {}, {"masks/heads_mlps_random/SST-2/seed_9"});
        QVERIFY(unknown.failed());
        QVERIFY(told(unknown).find("is no job of this study") != std::string::npos);
    }

    void a_second_program_is_kept_out() {
        const auto lock = FileLock::acquire(whole() / ".study/lock");
        QVERIFY(lock);
        Watcher watcher;
        const auto outcome = run(whole(), watcher);
        QVERIFY(outcome.failed());
        QVERIFY2(told(outcome).find("another program is at work here") != std::string::npos, told(outcome).c_str());
        // To look at it is no work.
        QVERIFY(study_report(whole()));
    }

    void a_folder_that_vanishes_is_named() {
        const fs::path study = copy_of_whole("vanished");
        fs::remove_all(study / "glue/SST-2");
        fs::remove_all(study / "models/finetuned/SST-2/seed_8");
        Watcher watcher;
        const auto outcome = run(study, watcher);
        const auto text = told(outcome);
        QVERIFY2(text.find("glue") != std::string::npos, text.c_str());
        QVERIFY(fs::exists(study / "models/finetuned/SST-2/seed_7/model.safetensors"));
    }
};

QTEST_APPLESS_MAIN(TestStudyRun)
#include "tst_study_run.moc"
