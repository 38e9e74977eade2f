// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/chosen_masks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/study/mask_set_files.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

template <typename Histories>
void keep_seeds(Histories& of_tasks, const std::vector<std::uint64_t>& seeds) {
    if (seeds.empty()) return;
    for (auto task = of_tasks.begin(); task != of_tasks.end();) {
        std::erase_if(task->second,
                      [&](const auto& run) { return std::ranges::find(seeds, run.first) == seeds.end(); });
        task = task->second.empty() ? of_tasks.erase(task) : std::next(task);
    }
}

Error nothing_of_seeds(const fs::path& folder) {
    return {"holds nothing of the seeds that were asked for", folder.string(), "Leave them out, or choose others"};
}

}  // namespace

std::string setting_of(const StudyFigureRequest& request) {
    if (!request.setting.empty()) return request.setting;
    return request.kind == StudyFigureKind::Magnitude ? "global" : "heads_mlps";
}

Result<MaskSet> chosen_masks(const StudyFigureRequest& request, const fs::path& folder, MaskedComponents components) {
    LOTTERY_TRY(auto files, read_mask_set({folder, components, request.tasks}));
    keep_seeds(files.set.masks, request.seeds);
    if (files.set.masks.empty()) return nothing_of_seeds(folder);
    return std::move(files.set);
}

Result<std::optional<MaskSet>> chosen_mlp_masks(const StudyFigureRequest& request, const fs::path& folder) {
    LOTTERY_TRY(const auto runs, list_runs(folder));
    for (const auto& run : runs)
        if (is_file(run.folder / "mlp_mask.npy")) {
            LOTTERY_TRY(auto set, chosen_masks(request, folder, MaskedComponents::Mlps));
            return std::optional(std::move(set));
        }
    return std::optional<MaskSet>();
}

Result<ImportanceAnalysis> chosen_importances(const StudyFigureRequest& request) {
    const fs::path folder = request.study / "masks" / setting_of(request);
    LOTTERY_TRY(auto files, read_importance_set({folder, request.components, request.tasks}));
    keep_seeds(files.set.histories, request.seeds);
    if (files.set.histories.empty()) return nothing_of_seeds(folder);
    return importance_analysis(files.set, request.persistence);
}

}  // namespace lottery
