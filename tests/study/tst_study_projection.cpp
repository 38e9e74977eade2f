// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a study takes before any of it is done: from a machine's throughput, also where data are absent.
#include <QTemporaryDir>
#include <QTest>
#include <numeric>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/study/study_plan.h"
#include "core/study/study_projection.h"
#include "core/study/study_run.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

StudyPlan small_plan() {
    StudyPlan plan = preset_plan(StudyPreset::Demo, Mode::Published);
    plan.seeds = {7};
    plan.settings = {StudySetting::HeadsMlps, StudySetting::HeadsMlpsRandom};
    plan.training.epochs = 2;
    plan.training.limit_train = plan.training.limit_dev = 10;
    plan.compute = {"cpu", 1};
    return plan;
}

Json bench_of(double training, double forward) {
    return {{"machine", "a GPU elsewhere"},
            {"rows",
             {{{"name", "matrix product"}, {"tokens_per_second", nullptr}},
              {{"name", "evaluation"}, {"tokens_per_second", forward}},
              {{"name", "training step"}, {"tokens_per_second", training}}}}};
}

}  // namespace

class TestStudyProjection : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
    ProgressSink silent_;

private Q_SLOTS:
    void seconds_follow_from_tokens_and_rates() {
        const fs::path study = path("rates");
        StudyPlan plan = small_plan();
        plan.tasks = {TaskId::SST2};
        QVERIFY(write_study(study, plan));
        auto estimate = StudyEstimate::make(plan, study);
        QVERIFY(estimate);
        const auto jobs = study_jobs(plan, study);
        QVERIFY(jobs);
        QVERIFY(!estimate->seconds(jobs->front()));
        estimate->set_rates({1000.0, 4000.0});
        int trained = 0, searched = 0;
        for (const StudyJob& job : *jobs) {
            const double tokens = estimate->tokens(job);
            const double seconds = estimate->seconds(job).value_or(-1);
            if (std::holds_alternative<FinetuneRequest>(job.request)) {
                // 10 examples, 2 epochs: training three times, dev after each epoch and before.
                QCOMPARE(seconds, tokens / 3000.0);
                ++trained;
            } else if (tokens > 0) {
                QCOMPARE(seconds, tokens / 4000.0);
                ++searched;
            }
        }
        QVERIFY(trained == 3 && searched == 2);
        // What was measured of a job of its own kind counts more than the device.
        estimate->learn(jobs->front(), 99.0);
        QCOMPARE(estimate->seconds(jobs->front()).value_or(-1), 99.0);
    }

    void absent_tasks_are_as_long_as_others_of_their_form() {
        const fs::path study = path("absent");
        StudyPlan plan = small_plan();
        QVERIFY(write_study(study, plan));
        plan.tasks = {TaskId::RTE, TaskId::STSB, TaskId::QQP, TaskId::MNLI};
        QVERIFY(!StudyEstimate::make(plan, study));
        const auto estimate = StudyEstimate::make(plan, study, AbsentData::Assume);
        QVERIFY(estimate);
        QCOMPARE(estimate->assumed(), (std::vector<TaskId>{TaskId::QQP, TaskId::MNLI}));
        const auto jobs = study_jobs(plan, study);
        QVERIFY(jobs);
        std::map<TaskId, double> tokens;
        for (const StudyJob& job : *jobs)
            if (job.kind == StudyJobKind::Finetune) tokens[*job.task] = estimate->tokens(job);
        // As many examples each: the mean of the two pairs that are there. MNLI has a second dev file of as many.
        QCOMPARE(tokens[TaskId::QQP], (tokens[TaskId::RTE] + tokens[TaskId::STSB]) / 2);
        QVERIFY(tokens[TaskId::MNLI] > tokens[TaskId::QQP]);
        // Without limits as many as GLUE has.
        plan.training.limit_train = plan.training.limit_dev = 0;
        const auto whole = StudyEstimate::make(plan, study, AbsentData::Assume);
        QVERIFY(whole);
        QCOMPARE(whole->dev_examples(TaskId::QQP), std::int64_t(40430));
        const auto all = study_jobs(plan, study);
        QVERIFY(all);
        for (const StudyJob& job : *all)
            if (job.kind == StudyJobKind::Finetune && job.task == TaskId::QQP)
                QVERIFY(whole->tokens(job) > 1000 * tokens[TaskId::QQP]);
        plan.data = "nowhere";
        QVERIFY(!StudyEstimate::make(plan, study, AbsentData::Assume));
    }

    void a_study_on_another_machine() {
        const fs::path study = path("elsewhere");
        StudyPlan plan = small_plan();
        plan.tasks = {TaskId::SST2, TaskId::QQP};
        plan.hold_out.reset();  // as many as dev, also of the absent
        QVERIFY(write_study(study, plan));
        QVERIFY(write_json(path("slow.json"), bench_of(1000, 4000)));
        QVERIFY(write_json(path("fast.json"), bench_of(100000, 400000)));
        const auto slow = project_study({study, path("slow.json")}, {}, silent_);
        QVERIFY2(slow.done(), slow.failed() ? slow.error().to_string().c_str() : "cancelled");
        QCOMPARE(slow->machine, std::string("a GPU elsewhere"));
        QCOMPARE(slow->assumed, std::vector<TaskId>{TaskId::QQP});
        double of_kinds = 0.0, of_tasks = 0.0;
        for (const auto& kind : slow->kinds) of_kinds += kind.seconds;
        for (const auto& [task, seconds] : slow->tasks) of_tasks += seconds;
        QCOMPARE(of_kinds, slow->seconds);
        QCOMPARE(of_tasks, slow->seconds);
        const auto fast = project_study({study, path("fast.json")}, {}, silent_);
        QVERIFY(fast.done());
        const auto seconds_of = [](const StudyProjection& projection, StudyJobKind kind) {
            for (const auto& found : projection.kinds)
                if (found.kind == kind) return found.seconds;
            return -1.0;
        };
        QVERIFY(std::abs(seconds_of(*slow, StudyJobKind::Finetune) / seconds_of(*fast, StudyJobKind::Finetune) - 100) <
                1e-6);
        // Nothing was measured here, so nothing is kept.
        QVERIFY(!measured_rates(study));
    }

    void says_what_is_wrong_with_a_bench_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no JSON") << QByteArray("rows: none");
        QTest::newRow("no rows") << QByteArray(R"({"machine": "m"})");
        QTest::newRow("other rows") << QByteArray(R"({"machine": "m", "rows": []})");
        QTest::newRow("a rate of 0") << QByteArray::fromStdString(bench_of(0, 10).dump());
        QTest::newRow("a word") << QByteArray(
            R"({"machine": "m", "rows": [{"name": "evaluation", "tokens_per_second": "many"}]})");
    }
    void says_what_is_wrong_with_a_bench() {
        QFETCH(QByteArray, bytes);
        const fs::path study = path(QTest::currentDataTag());
        QVERIFY(write_study(study, small_plan()));
        QVERIFY(write_file_atomically(path("bench.json"), bytes.toStdString()));
        const auto projection = project_study({study, path("bench.json")}, {}, silent_);
        QVERIFY(projection.failed());
        QVERIFY2(projection.error().to_string().find("bench.json") != std::string::npos,
                 projection.error().to_string().c_str());
    }

    void measures_this_machine_and_remembers() {
        const fs::path study = path("measured");
        StudyPlan plan = small_plan();
        plan.tasks = {TaskId::SST2};
        QVERIFY(write_study(study, plan));
        QVERIFY(!study_report(study)->seconds_left);
        const auto projection = project_study({study, {}}, {}, silent_);
        QVERIFY2(projection.done(), projection.failed() ? projection.error().to_string().c_str() : "cancelled");
        QVERIFY(projection->rates.training > 0 && projection->rates.forward > projection->rates.training);
        const auto rates = measured_rates(study);
        QVERIFY(rates);
        QCOMPARE(rates->forward, projection->rates.forward);
        const auto report = study_report(study);
        QVERIFY(report && report->seconds_left);
        QVERIFY(std::abs(*report->seconds_left - projection->seconds) < 1e-6 * projection->seconds);
        // A damaged file is as none.
        QVERIFY(write_file_atomically(study / ".study/rates.json", "[]"));
        QVERIFY(!measured_rates(study));
    }
};

QTEST_APPLESS_MAIN(TestStudyProjection)
#include "tst_study_projection.moc"
