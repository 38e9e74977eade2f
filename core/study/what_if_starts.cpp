// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/what_if_starts.h"

#include <limits>
#include <optional>
#include <utility>

#include "core/base/random.h"
#include "core/model/common_masks.h"
#include "core/pruning/subnetworks.h"
#include "core/study/study_tree.h"

namespace lottery {

namespace fs = std::filesystem;

namespace {

ComponentImportance read_importance(const fs::path& folder, const ComponentMasks& components) {
    ComponentImportance importance;
    const auto heads = read_head_matrix(folder / "head_importance.npy");
    const auto mlps = read_mlp_vector(folder / "mlp_importance.npy");
    // One that is missing, or of another size, is none.
    if (!heads || heads->layers != components.heads.layers || heads->heads != components.heads.heads) return {};
    importance.heads = *heads;
    importance.mlps.assign(components.mlps.size(), std::numeric_limits<float>::quiet_NaN());
    if (mlps && mlps->size() == components.mlps.size()) importance.mlps = *mlps;
    return importance;
}

}  // namespace

Result<ComponentMasks> read_masks_for(const fs::path& folder, const ComponentMasks& components) {
    const auto file = [&](const char* name) {
        return is_file(folder / name) ? std::optional(folder / name) : std::nullopt;
    };
    const auto heads = file("head_mask.npy"), mlps = file("mlp_mask.npy");
    if (!heads && !mlps)
        return Error{"has neither head_mask.npy nor mlp_mask.npy", folder.string(), "Choose the folder of a mask"};
    const auto all = ComponentMasks::all_kept(components.layers(), components.heads.heads);
    LOTTERY_TRY(auto masks, read_component_masks(heads, mlps, all));
    return common_masks(std::move(masks), components);
}

Result<WhatIfStarts> read_what_if_starts(const ComponentMasks& components, const fs::path& masks,
                                         const fs::path& published, TaskId task, std::uint64_t seed) {
    WhatIfStarts found;
    found.starts.push_back({"Everything", components});
    const auto offer = [&](std::string name, ComponentMasks offered) {
        found.starts.push_back({std::move(name), common_masks(std::move(offered), components)});
    };
    if (!masks.empty()) {
        LOTTERY_TRY(const auto good, read_masks_for(masks, components));
        found.good = found.starts.size();
        offer("Masks found", good);
        const auto control = [&](ControlKind kind) {
            Random random(seed);
            return control_masks(good, kind, ControlOptions{}, random);
        };
        offer("Random masks of their size", control(ControlKind::Random));
        offer("Bad masks of their size", control(ControlKind::Bad));
        offer("Found masks inverted", control(ControlKind::Invert));
        found.importance = read_importance(masks, components);
    }
    if (published.empty()) return found;
    const auto runs = list_runs(published / "masks" / "heads_mlps");
    if (!runs) return found;
    for (const auto& run : *runs) {
        if (run.task != task) continue;
        const auto theirs = read_masks_for(run.folder, components);
        if (theirs) offer("Published, seed " + std::to_string(run.seed), *theirs);
    }
    return found;
}

}  // namespace lottery
