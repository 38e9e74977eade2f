// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the what-if editor says of masks and of the estimate of their score.
//
// Thread rule: pure functions.
#pragma once

#include <QString>
#include <cstdint>

#include "core/study/what_if.h"

namespace lottery::gui {

// "0.7865"; "undefined" where there is no value.
QString whatIfScoreText(const EstimatedScore& score);
// "95%: 0.742 to 0.829", or why there is no interval.
QString whatIfIntervalText(const EstimatedScore& score);
// "0.0120 below everything (−0.031 to +0.006), which has 0.7985"
QString whatIfDifferenceText(const WhatIfEstimate& estimate);
// "64 of 72 heads and 6 of 6 MLPs: 93.1% of the parameters, 9.9 of 10.6 million"; parameters outside the embeddings.
QString whatIfSizeText(const ComponentMasks& masks, const ComponentMasks& components, std::int64_t kept,
                       std::int64_t all);
// "1.30 ms per example; 67% of the layers were known already"
QString whatIfCostText(const WhatIfEstimate& estimate);

}  // namespace lottery::gui
