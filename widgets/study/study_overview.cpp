// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/study/study_overview.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <array>

namespace lottery::gui {

namespace {

struct StateText {
    const char* name;
    const char* icon;
    const char* meaning;
};

constexpr std::array<StateText, kStudyJobStates> kStates{{
    {QT_TRANSLATE_NOOP("StudyJobState", "done"), "state-done",
     QT_TRANSLATE_NOOP("StudyJobState", "Finished, from what there is today")},
    {QT_TRANSLATE_NOOP("StudyJobState", "out of date"), "state-outdated",
     QT_TRANSLATE_NOOP("StudyJobState", "Finished with other inputs or options; the next run does it again")},
    {QT_TRANSLATE_NOOP("StudyJobState", "interrupted"), "state-interrupted",
     QT_TRANSLATE_NOOP("StudyJobState", "Goes on where it was stopped")},
    {QT_TRANSLATE_NOOP("StudyJobState", "missing"), "state-missing",
     QT_TRANSLATE_NOOP("StudyJobState", "Not done yet; could be begun")},
    {QT_TRANSLATE_NOOP("StudyJobState", "waiting"), "state-missing",
     QT_TRANSLATE_NOOP("StudyJobState", "Not done yet; needs a job before it")},
    {QT_TRANSLATE_NOOP("StudyJobState", "failed"), "state-failed",
     QT_TRANSLATE_NOOP("StudyJobState", "Failed when it was last tried; the next run tries it again")},
    {QT_TRANSLATE_NOOP("StudyJobState", "queued"), "state-queued",
     QT_TRANSLATE_NOOP("StudyJobState", "Will be done by the run that is at work")},
    {QT_TRANSLATE_NOOP("StudyJobState", "running"), "state-running",
     QT_TRANSLATE_NOOP("StudyJobState", "Being done now")},
}};

const StateText& info(StudyJobState state) { return kStates.at(static_cast<std::size_t>(state)); }
QString translated(const char* text) { return QCoreApplication::translate("StudyJobState", text); }

}  // namespace

QString studyStateName(StudyJobState state) { return translated(info(state).name); }
QString studyStateIcon(StudyJobState state) { return QLatin1String(info(state).icon); }
QString studyStateMeaning(StudyJobState state) { return translated(info(state).meaning); }

int StudyOverview::count(StudyJobState state) const {
    return static_cast<int>(
        std::count_if(jobs.begin(), jobs.end(), [state](const StudyJobRow& job) { return job.state == state; }));
}

QString studyCountsText(const std::vector<StudyJobState>& states) {
    const auto count = [&](StudyJobState state) { return std::count(states.begin(), states.end(), state); };
    QStringList parts{
        QCoreApplication::translate("StudyCounts", "%1 of %2 done").arg(count(StudyJobState::Done)).arg(states.size())};
    // What is merely still to be done follows from the first.
    for (const auto state : {StudyJobState::Running, StudyJobState::Queued, StudyJobState::Failed,
                             StudyJobState::Outdated, StudyJobState::Interrupted})
        if (const auto n = count(state); n > 0) parts << QStringLiteral("%1 %2").arg(n).arg(studyStateName(state));
    return parts.join(QStringLiteral(", "));
}

QString studyCountsShort(const std::vector<StudyJobState>& states) {
    const auto count = [&](StudyJobState state) { return std::count(states.begin(), states.end(), state); };
    QString text = QStringLiteral("%1/%2").arg(count(StudyJobState::Done)).arg(states.size());
    if (const auto failed = count(StudyJobState::Failed); failed > 0)
        text += QStringLiteral(", %1 %2").arg(failed).arg(studyStateName(StudyJobState::Failed));
    return text;
}

}  // namespace lottery::gui
