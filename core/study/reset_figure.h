// SPDX-License-Identifier: GPL-3.0-or-later
//
// A series of resets as figure and table.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/figures/writers.h"
#include "core/study/reset_run.h"

namespace lottery {

// series.svg: a bar per part or layer with the checkpoint's own score in front; of pairs a matrix of layers, single
// ones on its diagonal. series.csv: one row per point, the checkpoint's own first: parts, layers (counted from 1 here
// as in all figures), weights, every metric.
Status write_reset_figure(const std::filesystem::path& folder, const ResetReport& report, const ResetRequest& request,
                          FigureMetadata metadata);

}  // namespace lottery
