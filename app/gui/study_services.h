// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the new-study dialog asks the core.
//
// Thread rule: GUI thread. Reads a few small files, so that it may be asked at every key.
#pragma once

#include "widgets/study/new_study_dialog.h"

namespace lottery::gui {

NewStudyServices newStudyServices();

}  // namespace lottery::gui
