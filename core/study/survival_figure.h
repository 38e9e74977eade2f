// SPDX-License-Identifier: GPL-3.0-or-later
//
// The magnitude heatmap (method.md §7): what a weight mask leaves of each head and MLP.
//
// Thread rule: one thread at a time per folder.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/figures/figure.h"
#include "core/model/weight_survival.h"

namespace lottery {

Figure weight_survival_figure(const WeightSurvival& survival, const std::string& title, const FigureStyle& style);
// weight_survival.svg (with `metadata`) and weight_survival.csv in `folder`.
Status write_weight_survival_figure(const std::filesystem::path& folder, const WeightSurvival& survival,
                                    const std::string& title, FigureMetadata metadata);

}  // namespace lottery
