// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a study stands, for the window: its jobs, each with its state and the reason for it.
//
// Thread rule: plain values.
#pragma once

#include <QMetaType>
#include <QString>
#include <vector>

namespace lottery::gui {

// As the core's (core/study/study_state.h), and what a job is while the study is at work.
enum class StudyJobState { Done, Outdated, Interrupted, Missing, Waiting, Failed, Queued, Running };
inline constexpr int kStudyJobStates = 8;

QString studyStateName(StudyJobState state);  // "out of date"
QString studyStateIcon(StudyJobState state);  // for resources/themed_icon.h
QString studyStateMeaning(StudyJobState state);

struct StudyJobRow {
    QString id;       // its folder in the study: "masks/heads_mlps/MRPC/seed_42"
    QString title;    // "search heads_mlps MRPC, seed 42"
    QString label;    // the same without task and seed: "search heads_mlps"
    QString task;     // empty: of all tasks
    QString seed;     // empty: of all seeds
    QString setting;  // "heads_mlps"; empty for evaluations and figures
    StudyJobState state = StudyJobState::Missing;
    QString why;            // empty where there is nothing to say
    double seconds = -1.0;  // that it takes, estimated; negative: not known
};

struct StudyOverview {
    QString folder;
    QString title;
    QString remark;        // what is special about it: that it is read-only, that it has no plan. Empty: nothing
    bool hasPlan = false;  // it can be run
    std::vector<StudyJobRow> jobs;
    double secondsLeft = -1.0;  // of all that is not done; negative: not known

    [[nodiscard]] int count(StudyJobState state) const;
};

// "12 of 72 done, 1 failed"
QString studyCountsText(const std::vector<StudyJobState>& states);
// "12/72, 1 failed", for a narrow column.
QString studyCountsShort(const std::vector<StudyJobState>& states);

}  // namespace lottery::gui
