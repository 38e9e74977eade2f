// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a study has to do for a figure or table of the paper, and what its plan cannot give.
#include <QTest>
#include <algorithm>

#include "core/study/reproduction_jobs.h"
#include "core/study/study_plan.h"

using namespace lottery;

namespace {

// Two tasks, two seeds; nothing done, every job takes as many seconds as its index.
StudyReport report_of(std::vector<StudySetting> settings) {
    StudyPlan plan = preset_plan(StudyPreset::Demo, Mode::Published);
    plan.tasks = {TaskId::RTE, TaskId::SST2};
    plan.seeds = {7, 8};
    plan.settings = std::move(settings);
    StudyReport report;
    report.jobs = *study_jobs(plan, "/study");
    report.states.resize(report.jobs.size());
    for (std::size_t i = 0; i < report.jobs.size(); ++i) report.seconds.emplace_back(static_cast<double>(i));
    return report;
}

ItemState state_of(const std::string& id, const StudyContents& contents, std::vector<std::uint64_t> seeds = {7, 8}) {
    for (const ItemState& state : item_states(contents, {TaskId::RTE, TaskId::SST2}, seeds))
        if (state.item->id == id) return state;
    return {};
}

QStringList ids(const ItemWork& work, const StudyReport& report) {
    QStringList found;
    for (const auto job : work.jobs) found << QString::fromStdString(report.jobs[job].id);
    found.sort();
    return found;
}

}  // namespace

class TestReproductionJobs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names_the_jobs_that_make_what_is_missing() {
        const auto report = report_of({StudySetting::HeadsMlps});
        StudyContents contents;
        contents.masks["heads_mlps"] = {{TaskId::RTE, 7}};
        const ItemWork work = work_for(state_of("overlap", contents), report);
        QCOMPARE(ids(work, report), (QStringList{"masks/heads_mlps/RTE/seed_8", "masks/heads_mlps/SST-2/seed_7",
                                                 "masks/heads_mlps/SST-2/seed_8"}));
        QVERIFY(work.unplanned.empty());
        // Themselves and the models that they are made from, each once.
        double expected = 0.0;
        for (std::size_t i = 0; i < report.jobs.size(); ++i) {
            const StudyJob& job = report.jobs[i];
            const bool ofRte7 = job.task == TaskId::RTE && job.seed == 7U;
            if ((job.setting == "finetuned" || job.setting == "heads_mlps") && job.kind != StudyJobKind::Retrain &&
                !ofRte7)
                expected += static_cast<double>(i);
        }
        QVERIFY(work.seconds);
        QCOMPARE(*work.seconds, expected);
    }

    void counts_only_what_is_not_done() {
        auto report = report_of({StudySetting::HeadsMlps});
        for (std::size_t i = 0; i < report.jobs.size(); ++i)
            if (report.jobs[i].setting == "finetuned") report.states[i].state = JobState::Done;
        StudyContents contents;
        contents.masks["heads_mlps"] = {{TaskId::RTE, 7}, {TaskId::SST2, 7}, {TaskId::SST2, 8}};
        const ItemWork work = work_for(state_of("overlap", contents), report);
        QCOMPARE(work.jobs.size(), std::size_t(1));
        QCOMPARE(*work.seconds, static_cast<double>(work.jobs.front()));
        report.seconds[work.jobs.front()] = std::nullopt;
        QVERIFY(!work_for(state_of("overlap", contents), report).seconds);
    }

    void says_what_the_plan_cannot_give() {
        const auto report = report_of({StudySetting::HeadsMlps});
        const ItemWork other = work_for(state_of("survival-heads", {}), report);
        QVERIFY(other.jobs.empty());
        QCOMPARE(other.unplanned.size(), std::size_t(4));
        QCOMPARE(to_string(other.unplanned.front()), std::string("masks/heads/RTE/seed_7"));
        const ItemWork seeds = work_for(state_of("overlap", {}, {7, 9}), report);
        QCOMPARE(seeds.jobs.size(), std::size_t(2));
        QCOMPARE(seeds.unplanned.size(), std::size_t(2));
    }

    void finds_scores_super_masks_and_weights() {
        const auto report = report_of({StudySetting::HeadsMlps, StudySetting::HeadsMlpsSuper,
                                       StudySetting::HeadsMlpsSuperBad, StudySetting::HeadsMlpsSuperRandom,
                                       StudySetting::Global, StudySetting::GlobalRandom, StudySetting::GlobalBad});
        const ItemWork scores = work_for(state_of("evaluation-magnitude", {}), report);
        QCOMPARE(ids(scores, report), (QStringList{"evaluate_masked/RTE", "evaluate_masked/SST-2"}));
        QVERIFY(scores.unplanned.empty());
        const ItemWork patterns = work_for(state_of("patterns", {}), report);
        QVERIFY(ids(patterns, report).contains("masks/heads_mlps_super/RTE"));
        QVERIFY(ids(patterns, report).contains("models/finetuned/SST-2/seed_8"));
        const ItemWork weights = work_for(state_of("survival-magnitude", {}), report);
        QCOMPARE(ids(weights, report).front(), QStringLiteral("masks/global/RTE/seed_7"));
        QVERIFY(weights.unplanned.empty());
        // Without bad and random masks the scores of the structured family are not all planned.
        const ItemWork structured = work_for(state_of("evaluation-heads-mlps", {}), report);
        QVERIFY(!structured.unplanned.empty());
    }
};

QTEST_APPLESS_MAIN(TestReproductionJobs)
#include "tst_reproduction_jobs.moc"
