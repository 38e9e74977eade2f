// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/scoreboard.h"

#include <string>

#include "core/study/reference_study.h"
#include "core/study/results_files.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// The study that a folder of scores belongs to.
std::optional<fs::path> study_of(const fs::path& results) {
    std::error_code ec;
    if (fs::is_directory(results / "evaluate_masked", ec)) return results;
    fs::path folder = fs::absolute(results, ec).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    if (folder.filename() != "evaluate_masked") return std::nullopt;
    return folder.parent_path();
}

Result<std::vector<fs::path>> folders_in(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code ec;
    if (!fs::is_directory(folder, ec)) return folders;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code inner;
        if (fs::is_directory(it->path(), inner)) folders.push_back(it->path());
    }
    if (ec) return Error{"cannot be listed: " + ec.message(), folder.string(), {}};
    return folders;
}

Status look_at_masks(const fs::path& study, StudyContents& contents) {
    LOTTERY_TRY(const auto settings, folders_in(study / "masks"));
    for (const auto& setting : settings) {
        const std::string name = setting.filename().string();
        LOTTERY_TRY(const auto runs, list_runs(setting));
        for (const auto& run : runs) {
            const std::pair place(run.task, run.seed);
            if (is_file(run.folder / "head_mask.npy")) contents.masks[name].insert(place);
            // Pass 0 is the full model; a search that went on has more.
            if (is_file(run.folder / "head_importance_0.npy")) contents.histories[name].insert(place);
            if (is_file(run.folder / "weight_mask.safetensors")) contents.weight_masks[name].insert(place);
        }
    }
    return ok();
}

// The import's number of seeds; none where the folder is no reference study.
Result<std::optional<int>> seeds_of_reference(const std::optional<fs::path>& study) {
    if (!study) return std::optional<int>();
    LOTTERY_TRY(const auto found, find_reference_study(*study));
    if (!found) return std::optional<int>();
    LOTTERY_TRY(const auto reference, read_reference_study(*study));
    return reference.seeds.empty() ? std::optional<int>() : static_cast<int>(reference.seeds.size());
}

}  // namespace

Result<StudyContents> look_into_study(const fs::path& study) {
    StudyContents contents;
    LOTTERY_CHECK(look_at_masks(study, contents));
    LOTTERY_TRY(const auto models, folders_in(study / "models"));
    for (const auto& setting : models) {
        LOTTERY_TRY(const auto runs, list_runs(setting));
        for (const auto& run : runs)
            if (is_file(run.folder / "config.json"))
                contents.models[setting.filename().string()].emplace(run.task, run.seed);
    }
    LOTTERY_TRY(const auto experiments, folders_in(study / "evaluate_masked"));
    for (const auto& folder : experiments) {
        LOTTERY_TRY(const auto results, read_experiment(folder));
        for (const auto& [task, seeds] : results.per_seed)
            for (const auto& [seed, metrics] : seeds) contents.scores[results.name].emplace(task, seed);
        for (const auto& [task, metrics] : results.summary)
            if (!results.per_seed.contains(task)) contents.summaries[results.name].insert(task);
    }
    return contents;
}

Result<Scoreboard> read_scoreboard(const ScoreboardRequest& request) {
    LOTTERY_TRY(const auto ours, read_results(request.results));
    LOTTERY_TRY(const auto published, read_results(request.published));
    const auto our_study = study_of(request.results);
    Scoreboard board;
    board.options.tasks = request.tasks;
    LOTTERY_TRY(const auto our_seeds, seeds_of_reference(our_study));
    LOTTERY_TRY(const auto their_seeds, seeds_of_reference(study_of(request.published)));
    const ComparisonOptions defaults;
    board.options.seeds_behind_ours = request.summary_seeds.value_or(our_seeds.value_or(defaults.seeds_behind_ours));
    board.options.seeds_behind_published =
        request.summary_seeds.value_or(their_seeds.value_or(defaults.seeds_behind_published));
    board.cells = compare_results(ours, published, board.options);
    if (board.cells.empty())
        return Error{"no scores of these tasks on either side", request.results.string(), "Choose other --tasks"};
    if (our_study) {
        LOTTERY_TRY(const auto contents, look_into_study(*our_study));
        board.items = item_states(contents, request.tasks.empty() ? paper_tasks() : request.tasks, paper_seeds());
    }
    return board;
}

}  // namespace lottery
