// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window knows of one job.
//
// Thread rule: plain values; GUI thread.
#pragma once

#include <QDateTime>
#include <QString>
#include <QtGlobal>

#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"

namespace lottery::gui {

// Never 0, never used again within one start of the program.
using JobId = quint64;

// Queued → Running → (Cancelling →) exactly one of Done, Cancelled, Failed. A queued job may go straight to Cancelled;
// a running one to Pausing, Paused when its work has noticed, and back.
enum class JobState { Queued, Running, Pausing, Paused, Cancelling, Done, Cancelled, Failed };

// It has its device, at work or not.
inline bool isActive(JobState state) {
    return state == JobState::Running || state == JobState::Pausing || state == JobState::Paused ||
           state == JobState::Cancelling;
}

inline bool isEnd(JobState state) {
    return state == JobState::Done || state == JobState::Cancelled || state == JobState::Failed;
}

QString stateName(JobState state);
// Name of an icon for resources/themed_icon.h.
QString stateIcon(JobState state);

struct LogLine {
    QDateTime time;
    Severity severity = Severity::Info;
    QString text;
};

struct JobRecord {
    JobId id = 0;
    QString title;   // "Fine-tune MRPC, seed 42"
    QString device;  // "cpu", "cuda:0"
    QString folder;  // where the results go; empty when the job writes nothing
    JobState state = JobState::Queued;
    Progress progress;
    double secondsLeft = -1.0;  // of the present stage; negative: not known
    QDateTime submitted;
    QDateTime started;      // invalid before
    QDateTime ended;        // invalid before
    Error error;            // when Failed
    bool editable = false;  // its options can be opened and run again
    std::vector<LogLine> log;
};

}  // namespace lottery::gui
