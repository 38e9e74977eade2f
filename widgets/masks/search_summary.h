// SPDX-License-Identifier: GPL-3.0-or-later
//
// A step of a mask search in words.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QString>

#include "core/pruning/mask_search_options.h"

namespace lottery::gui {

// "Step 7 (heads): accuracy 0.812, accepted (threshold 0.768)". `threshold` NaN: not known.
QString stepScoreText(const MaskSearchStep& step, const QString& metric, double threshold);
// "102 of 144 heads and 10 of 12 MLPs kept"
QString stepSizeText(const MaskSearchStep& step);
// "Newly masked: 3.7, 4.2, 5.MLP (layer.head)", or that nothing was.
QString stepMaskedText(const MaskSearchStep& step);

}  // namespace lottery::gui
