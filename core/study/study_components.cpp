// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_components.h"

#include <algorithm>

#include "core/pruning/magnitude_record.h"
#include "core/study/mask_set_files.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

bool has_any(const std::vector<RunPlace>& runs, const char* file) {
    return std::ranges::any_of(runs, [&](const RunPlace& run) { return is_file(run.folder / file); });
}

}  // namespace

Result<StudyComponents> read_study_components(const fs::path& study, const std::string& setting) {
    StudyComponents components;
    components.setting = setting;
    const fs::path masks = study / "masks" / setting;
    if (const auto runs = list_runs(masks)) {
        for (const auto kind : {MaskedComponents::Heads, MaskedComponents::Mlps}) {
            const bool heads = kind == MaskedComponents::Heads;
            if (has_any(*runs, heads ? "head_mask.npy" : "mlp_mask.npy")) {
                LOTTERY_TRY(auto found, read_mask_set({masks, kind}));
                (heads ? components.heads : components.mlps) = std::move(found.set);
            }
            if (has_any(*runs, heads ? "head_importance.npy" : "mlp_importance.npy")) {
                LOTTERY_TRY(auto found, read_importance_set({masks, kind}));
                (heads ? components.head_importances : components.mlp_importances) = std::move(found.set);
            }
        }
    }
    if (const auto runs = list_runs(study / "masks" / "global"))
        for (const auto& run : *runs) {
            if (!is_file(run.folder / "search.json")) continue;
            LOTTERY_TRY(auto record, read_magnitude_record(run.folder));
            components.weights[run.task].push_back(std::move(record.survival));
        }
    return components;
}

}  // namespace lottery
