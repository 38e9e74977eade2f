// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/mask_set_files.h"

#include <algorithm>
#include <string>

#include "core/model/masks.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

MaskRow row_of(const std::vector<float>& values) {
    MaskRow row;
    row.reserve(values.size());
    for (const float value : values) row.push_back(value != 0.0F ? 1 : 0);
    return row;
}

// The first mask decides on the size.
Result<MaskRow> read_row(const fs::path& file, MaskSet& set) {
    const bool first = set.masks.empty();
    if (set.components == MaskedComponents::Heads) {
        if (first) {
            LOTTERY_TRY(const HeadMatrix shape, read_head_matrix(file));
            set.rows = shape.layers;
            set.columns = shape.heads;
        }
        LOTTERY_TRY(const HeadMatrix mask, read_head_mask(file, set.rows, set.columns));
        return row_of(mask.values);
    }
    if (first) {
        LOTTERY_TRY(const auto shape, read_mlp_vector(file));
        set.rows = static_cast<int>(shape.size());
    }
    LOTTERY_TRY(const auto mask, read_mlp_mask(file, set.rows));
    return row_of(mask);
}

}  // namespace

Result<MaskSetFiles> read_mask_set(const MaskSetRequest& request) {
    const std::string name = request.components == MaskedComponents::Heads ? "head_mask.npy" : "mlp_mask.npy";
    LOTTERY_TRY(const auto runs, list_runs(request.masks));
    MaskSetFiles files;
    files.set.components = request.components;
    for (const auto& run : runs) {
        if (!request.tasks.empty() && std::ranges::find(request.tasks, run.task) == request.tasks.end()) continue;
        const fs::path file = run.folder / name;
        std::error_code ec;
        if (!fs::exists(file, ec)) {
            files.without.push_back(run.folder);
            continue;
        }
        LOTTERY_TRY(auto row, read_row(file, files.set));
        files.set.masks[run.task].emplace(run.seed, std::move(row));
    }
    if (files.set.masks.empty())
        return Error{"no masks found: expected are <TASK>/seed_<N>/" + name, request.masks.string(),
                     "Give one setting's folder, as masks/heads_mlps of a study"};
    for (const auto task : request.tasks)
        if (!files.set.masks.contains(task))
            return Error{"no masks found of " + std::string(task_info(task).name), request.masks.string(),
                         "Leave it out of --tasks"};
    return files;
}

Status check_common_seeds(const MaskSet& set, const fs::path& masks) {
    if (!set.common_seeds().empty()) return ok();
    return Error{"there is no seed of which all tasks have a mask", masks.string(), "Choose among them with --tasks"};
}

}  // namespace lottery
