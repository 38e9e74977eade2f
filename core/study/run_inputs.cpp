// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/run_inputs.h"

#include <string>
#include <vector>

#include "core/data/glue_reader.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/input_hashes.h"
#include "core/study/provenance.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Each is raised when its method comes to give another result for the same inputs; studies then do such runs again.
constexpr int kTrainingVersion = 1;
constexpr int kSearchVersion = 1;
constexpr int kMagnitudeVersion = 1;
constexpr int kControlVersion = 1;

// What structured and magnitude searches read: the file that is searched on, and the one that is reported on.
Result<Json> search_inputs(TaskId id, std::uint64_t seed, Mode mode, Json options, const fs::path& checkpoint,
                           const fs::path& data, SearchSplit split, int version, FileHashes& hashes) {
    const TaskInfo& task = task_info(id);
    Json inputs{{"task", task.name}, {"seed", seed}, {"mode", to_string(mode)}, {"options", std::move(options)}};
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(checkpoint, hashes));
    LOTTERY_TRY(const TaskFiles paths, find_task_files(task, data));
    std::vector<fs::path> files{paths.dev.front()};
    if (split == SearchSplit::Train) files.insert(files.begin(), paths.train);
    LOTTERY_TRY(inputs["data_sha256"], file_hashes(files, hashes));
    inputs["version"] = version;
    return inputs;
}

}  // namespace

Result<Json> run_inputs(const FinetuneRequest& request, FileHashes& hashes) {
    const TaskInfo& task = task_info(request.task);
    Json inputs{{"task", task.name}, {"seed", request.seed}, {"options", to_json(request.options)}};
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.checkpoint, hashes));
    if (request.weight_mask) {
        LOTTERY_TRY(inputs["weight_mask_sha256"], hashes.sha256(*request.weight_mask));
    }
    if (request.neuron_mask) {
        LOTTERY_TRY(inputs["neuron_mask_sha256"], hashes.sha256(*request.neuron_mask));
        if (request.block_size) inputs["block_size"] = *request.block_size;
    }
    if (request.keep_step > 0) inputs["keep_step"] = request.keep_step;
    if (request.begin_at) {
        LOTTERY_TRY(inputs["begin_at_sha256"], hashes.sha256(*request.begin_at));
    }
    LOTTERY_TRY(const TaskFiles paths, find_task_files(task, request.data));
    std::vector<fs::path> files{paths.train};
    files.insert(files.end(), paths.dev.begin(), paths.dev.end());
    LOTTERY_TRY(inputs["data_sha256"], file_hashes(files, hashes));
    if (request.head_mask || request.mlp_mask) {
        LOTTERY_TRY(inputs["masks_sha256"], mask_hashes(request.head_mask, request.mlp_mask, hashes));
    }
    inputs["version"] = kTrainingVersion;
    return inputs;
}

Result<Json> run_inputs(const MaskRequest& r, FileHashes& hashes) {
    return search_inputs(r.task, r.seed, r.options.mode, to_json(r.options), r.checkpoint, r.data, r.options.split,
                         kSearchVersion, hashes);
}

Result<Json> run_inputs(const MagnitudeRequest& r, FileHashes& hashes) {
    return search_inputs(r.task, r.seed, r.options.mode, to_json(r.options), r.checkpoint, r.data, r.options.split,
                         kMagnitudeVersion, hashes);
}

Result<Json> run_inputs(const SubnetworkRequest& request, FileHashes& hashes) {
    Json inputs{{"kind", to_string(request.kind)}, {"mode", to_string(request.mode)}, {"seed", request.seed}};
    // Only what has an effect.
    if (request.kind == ControlKind::Random) inputs["random_size"] = to_string(request.options.random_size);
    if (request.kind == ControlKind::Bad) inputs["bad_fill"] = to_string(request.options.bad_fill);
    LOTTERY_TRY(inputs["masks_sha256"], mask_hashes(request.head_mask, request.mlp_mask, hashes));
    inputs["version"] = kControlVersion;
    return inputs;
}

Result<Json> run_inputs(const MagnitudeControlRequest& request, FileHashes& hashes) {
    Json inputs{{"control", to_string(request.control)}};
    if (request.control == MagnitudeControl::Random) inputs["seed"] = request.seed;
    LOTTERY_TRY(inputs["weight_mask_sha256"], hashes.sha256(request.weight_mask));
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.checkpoint, hashes));
    inputs["version"] = kControlVersion;
    return inputs;
}

Result<Json> run_inputs(const SupermaskRequest& request, TaskId task, const std::vector<std::uint64_t>& seeds,
                        bool with_mlps, FileHashes& hashes) {
    Json inputs{{"task", task_info(task).name}, {"seed", request.seed}};
    Json& masks = inputs["masks_sha256"];
    for (const auto seed : seeds) {
        const fs::path folder = request.masks / run_place(task, seed);
        const std::string name = folder.filename().string();
        LOTTERY_TRY(masks[name + "/head_mask.npy"], hashes.sha256(folder / "head_mask.npy"));
        if (with_mlps) {
            LOTTERY_TRY(masks[name + "/mlp_mask.npy"], hashes.sha256(folder / "mlp_mask.npy"));
        }
    }
    inputs["version"] = kControlVersion;
    return inputs;
}

}  // namespace lottery
