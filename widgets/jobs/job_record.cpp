// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/job_record.h"

#include <QCoreApplication>

namespace lottery::gui {

QString stateName(JobState state) {
    switch (state) {
        case JobState::Queued:
            return QCoreApplication::translate("JobState", "Queued");
        case JobState::Running:
            return QCoreApplication::translate("JobState", "Running");
        case JobState::Pausing:
            return QCoreApplication::translate("JobState", "Pausing…");
        case JobState::Paused:
            return QCoreApplication::translate("JobState", "Paused");
        case JobState::Cancelling:
            return QCoreApplication::translate("JobState", "Cancelling…");
        case JobState::Done:
            return QCoreApplication::translate("JobState", "Done");
        case JobState::Cancelled:
            return QCoreApplication::translate("JobState", "Cancelled");
        case JobState::Failed:
            return QCoreApplication::translate("JobState", "Failed");
    }
    return {};
}

QString stateIcon(JobState state) {
    switch (state) {
        case JobState::Queued:
            return QStringLiteral("state-queued");
        case JobState::Running:
            return QStringLiteral("state-running");
        case JobState::Pausing:
        case JobState::Paused:
            return QStringLiteral("state-paused");
        case JobState::Cancelling:
            return QStringLiteral("state-cancelling");
        case JobState::Done:
            return QStringLiteral("state-done");
        case JobState::Cancelled:
            return QStringLiteral("state-cancelled");
        case JobState::Failed:
            return QStringLiteral("state-failed");
    }
    return {};
}

}  // namespace lottery::gui
