// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/mask_set_files.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

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

// `read` is called for the file `name` of every run that is asked for and has it; the others are returned.
template <typename Read>
Result<std::vector<fs::path>> read_runs(const MaskSetRequest& request, const std::string& name, const std::string& what,
                                        Read&& read) {
    LOTTERY_TRY(const auto runs, list_runs(request.masks));
    std::vector<fs::path> without;
    std::set<TaskId> found;
    for (const auto& run : runs) {
        if (!request.tasks.empty() && std::ranges::find(request.tasks, run.task) == request.tasks.end()) continue;
        const fs::path file = run.folder / name;
        std::error_code ec;
        if (!fs::exists(file, ec)) {
            without.push_back(run.folder);
            continue;
        }
        LOTTERY_CHECK(read(run, file));
        found.insert(run.task);
    }
    if (found.empty())
        return Error{"no " + what + " found: expected are <TASK>/seed_<N>/" + name, request.masks.string(),
                     "Give one setting's folder, as masks/heads_mlps of a study"};
    for (const auto task : request.tasks)
        if (!found.contains(task))
            return Error{"no " + what + " found of " + std::string(task_info(task).name), request.masks.string(),
                         "Leave it out of --tasks"};
    return without;
}

// The first file decides on the size.
Result<std::vector<float>> read_scores(const fs::path& file, ImportanceSet& set) {
    int rows = 0, columns = 1;
    std::vector<float> values;
    if (set.components == MaskedComponents::Heads) {
        LOTTERY_TRY(auto matrix, read_head_matrix(file));
        rows = matrix.layers;
        columns = matrix.heads;
        values = std::move(matrix.values);
    } else {
        LOTTERY_TRY(values, read_mlp_vector(file));
        rows = static_cast<int>(values.size());
    }
    if (set.rows == 0) {
        set.rows = rows;
        set.columns = columns;
    }
    if (rows != set.rows || columns != set.columns)
        return Error{"is of another model: " + std::to_string(rows) + " × " + std::to_string(columns) + " found, " +
                         std::to_string(set.rows) + " × " + std::to_string(set.columns) + " expected",
                     file.string(),
                     {}};
    return values;
}

}  // namespace

Result<MaskSetFiles> read_mask_set(const MaskSetRequest& request) {
    const std::string name = request.components == MaskedComponents::Heads ? "head_mask.npy" : "mlp_mask.npy";
    MaskSetFiles files;
    files.set.components = request.components;
    LOTTERY_TRY(files.without,
                read_runs(request, name, "masks", [&](const RunPlace& run, const fs::path& file) -> Status {
                    LOTTERY_TRY(auto row, read_row(file, files.set));
                    files.set.masks[run.task].emplace(run.seed, std::move(row));
                    return ok();
                }));
    return files;
}

Result<ImportanceSetFiles> read_importance_set(const MaskSetRequest& request) {
    const std::string stem = request.components == MaskedComponents::Heads ? "head_importance" : "mlp_importance";
    ImportanceSetFiles files;
    files.set.components = request.components;
    LOTTERY_TRY(
        files.without,
        read_runs(request, stem + ".npy", "importances", [&](const RunPlace& run, const fs::path& file) -> Status {
            ImportanceHistory history;
            LOTTERY_TRY(history.full, read_scores(file, files.set));
            for (int step = 0;; ++step) {
                const fs::path pass = run.folder / (stem + "_" + std::to_string(step) + ".npy");
                if (!is_file(pass)) break;
                LOTTERY_TRY(history.steps[step], read_scores(pass, files.set));
            }
            files.set.histories[run.task].emplace(run.seed, std::move(history));
            return ok();
        }));
    return files;
}

Status check_common_seeds(const MaskSet& set, const fs::path& masks) {
    if (!set.common_seeds().empty()) return ok();
    return Error{"there is no seed of which all tasks have a mask", masks.string(), "Choose among them with --tasks"};
}

}  // namespace lottery
