// SPDX-License-Identifier: GPL-3.0-or-later
//
// Controls of a found mask, and what the masks of several seeds have in common, from files to files (method.md §5).
// Everything is read and checked before anything is written. Given again with the same inputs, a run writes the same
// files; into a folder that holds something else it writes nothing.
//
// Thread rule: see runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/pruning/subnetworks.h"
#include "core/study/runs.h"

namespace lottery {

struct SubnetworkRequest {
    ControlKind kind = ControlKind::Random;
    Mode mode = Mode::Rigorous;  // recorded; decided the defaults of `options`
    ControlOptions options;
    std::uint64_t seed = 1337;                      // of the draw
    std::filesystem::path head_mask;                // good mask, [L, N] .npy
    std::optional<std::filesystem::path> mlp_mask;  // good mask, [L] .npy
    std::filesystem::path out;                      // gets head_mask.npy, mlp_mask.npy where one is given, run.json
};

struct SubnetworkReport {
    ControlKind kind = ControlKind::Random;
    Mode mode = Mode::Rigorous;
    ControlOptions options;
    std::uint64_t seed = 0;
    MaskOverlap overlap;   // of the control with the good mask
    bool has_mlps = true;  // whether MLPs take part
};

std::vector<FieldProblem> problems(const SubnetworkRequest& request);
// Errors: files that are no masks or do not fit each other, each naming the file; an occupied folder.
Result<SubnetworkReport> run_subnetwork(const SubnetworkRequest& request);

struct SupermaskRequest {
    std::filesystem::path masks;  // <TASK>/seed_<N>/{head_mask,mlp_mask}.npy; MLP masks may be missing altogether
    std::filesystem::path out;  // gets <prefix>super/<TASK>/seed_<N>/, <prefix>super_bad/…, <prefix>super_random/…
    std::string prefix;         // "heads_mlps_" with `out` a study's masks folder gives the study's layout
    std::uint64_t seed = 1337;  // of the draws; a task's draws do not depend on which other tasks there are
    std::vector<TaskId> tasks = {};         // empty: all that are found
    std::vector<std::uint64_t> seeds = {};  // likewise
};

struct TaskSupermasks {
    TaskId task = TaskId::MRPC;
    std::vector<std::uint64_t> seeds;
    MaskOverlap good;                 // the super mask by itself: what is kept, of how many
    MaskOverlap bad;                  // with the good one
    std::vector<MaskOverlap> random;  // likewise, per seed
};

struct SupermaskReport {
    std::uint64_t seed = 0;
    std::vector<TaskSupermasks> tasks;
    bool has_mlps = true;
};

std::vector<FieldProblem> problems(const SupermaskRequest& request);
// Errors: no masks found, masks of different shapes or with and without MLPs, each naming the file; occupied folders.
Result<SupermaskReport> run_supermasks(const SupermaskRequest& request);

const char* to_string(ControlKind kind);
Json to_json(const MaskOverlap& overlap, bool with_mlps);
Json to_json(const SubnetworkReport& report);
Json to_json(const SupermaskReport& report);
// "41 of 95 kept heads are good (43.2%), 9 of 11 kept MLPs are good (81.8%)"
std::string overlap_text(const MaskOverlap& overlap, bool with_mlps);

}  // namespace lottery
