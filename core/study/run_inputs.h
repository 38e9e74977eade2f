// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything that shapes a run's result, as run.json keeps it under "inputs": options, seeds, SHA-256 sums of what is
// read, and the version of the method. A run that is asked for again with equal inputs would give the same files; a
// study does it again when they differ. Paths, device and threads are no inputs.
//
// Thread rule: one thread at a time per FileHashes.
#pragma once

#include <filesystem>

#include "core/base/file_hashes.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/study/magnitude_runs.h"
#include "core/study/runs.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {

// Errors: a file that is missing or cannot be read.
Result<Json> run_inputs(const FinetuneRequest& request, FileHashes& hashes);
Result<Json> run_inputs(const MaskRequest& request, FileHashes& hashes);
Result<Json> run_inputs(const MagnitudeRequest& request, FileHashes& hashes);
Result<Json> run_inputs(const SubnetworkRequest& request, FileHashes& hashes);
Result<Json> run_inputs(const MagnitudeControlRequest& request, FileHashes& hashes);
// Of one task's super masks, from the masks of these seeds in ascending order.
Result<Json> run_inputs(const SupermaskRequest& request, TaskId task, const std::vector<std::uint64_t>& seeds,
                        bool with_mlps, FileHashes& hashes);

}  // namespace lottery
