// SPDX-License-Identifier: GPL-3.0-or-later
//
// Maps drawn at random from models and tasks, to be labelled by a person. No tensor in this header.
//
// Thread rule: as in runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/study/runs.h"

namespace lottery {

struct MapSampleRequest {
    std::vector<std::filesystem::path> checkpoints;
    std::vector<TaskId> tasks;
    std::filesystem::path data;  // GLUE folder
    AttentionKind kind = AttentionKind::Raw;
    int count = 200;
    // Tokens of the texts; longer ones are passed over, so that no map is cropped.
    int least_tokens = 16;
    int most_tokens = 64;
    std::uint64_t seed = 1337;
    ComputeOptions compute;
};

struct SampledMap {
    std::string name;                 // of its file: "map_0007", which says nothing of its origin
    int size = 0;                     // S
    std::vector<float> values;        // [S,S]
    std::vector<std::string> tokens;  // [S]
    std::string origin;               // "MRPC example 12 (dev), layer 3, head 7, raw, of <checkpoint>"
};

std::vector<FieldProblem> problems(const MapSampleRequest& request);
// Each draw is of a checkpoint, a task, a text and a head, all equally likely. Errors: those of AttentionModel and of
// the GLUE reader; no text of these lengths.
Outcome<std::vector<SampledMap>> sample_maps(const MapSampleRequest& request, std::stop_token stop,
                                             ProgressSink& progress);

}  // namespace lottery
