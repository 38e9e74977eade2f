// SPDX-License-Identifier: GPL-3.0-or-later
//
// A magnitude search in words.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QString>

#include "core/pruning/magnitude_options.h"

namespace lottery::gui {

// "Step 7: accuracy 0.812, reached the threshold 0.768", "…, below the threshold …". `threshold` NaN: not known.
QString magnitudeScoreText(const MagnitudeStep& step, const QString& metric, double threshold);
// "47.8 % of the prunable weights kept (40,655,123)"
QString magnitudeSizeText(const MagnitudeStep& step);
// "Kept is the mask of step 6: 53.1 % of the 85,017,600 prunable weights, 53.4 % of all parameters (embeddings aside).
// Its accuracy is 0.830 of 0.860 on the search split, 0.824 of 0.858 on dev."
// Without a threshold score, of a pruning in rounds, whose scores are on dev; without a full score, of a mask alone.
QString magnitudeResultText(const MagnitudeResult& result, const QString& metric);

}  // namespace lottery::gui
