// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a study at work tells the window.
//
// Thread rule: plain values.
#pragma once

#include <QString>
#include <cstddef>
#include <vector>

#include "widgets/study/study_overview.h"

namespace lottery::gui {

// All its jobs, as they were found.
struct StudyListed {
    StudyOverview overview;
};
// What is to be done yet, in this order; the first is begun next.
struct StudyQueued {
    std::vector<std::size_t> jobs;
};
struct StudyJobChanged {
    std::size_t job = 0;
    StudyJobState state = StudyJobState::Running;
    QString why;
};
// Of all that is left.
struct StudyTimeLeft {
    double seconds = 0.0;
};

}  // namespace lottery::gui
