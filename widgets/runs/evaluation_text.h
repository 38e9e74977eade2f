// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an evaluation's numbers mean, in sentences.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QString>

#include "core/study/runs.h"

namespace lottery::gui {

// Why the scores removed and masked to 0 are the same or may differ (method.md, Q7); empty without masks. Layers count
// from 1.
QString removalText(const EvaluateReport& report);
// "12.10 ms per example instead of 21.30: 1.76 times as fast"; without masks "21.30 ms per example".
QString speedText(const MeasuredSpeed& speed, bool masked);
// "43.2 % less time for 44.6 % fewer multiply-adds": how near the clock comes to what was taken away; empty without
// masks.
QString gainText(const MeasuredSpeed& speed, const EvaluateReport& report);
// What is wrong with a model that predicts one class only, or is no better than always the most frequent class; empty
// when nothing is.
QString degenerateText(const EvaluateReport& report);

}  // namespace lottery::gui
