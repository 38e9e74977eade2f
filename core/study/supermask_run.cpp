// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/study/job_boundary.h"
#include "core/study/mask_files.h"
#include "core/study/provenance.h"
#include "core/study/run_inputs.h"
#include "core/study/study_tree.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// One task's masks over seeds, and what is made of them.
struct TaskWork {
    TaskId task = TaskId::MRPC;
    std::vector<std::uint64_t> seeds;
    std::vector<ComponentMasks> masks;
    Json inputs;
    SuperMasks made;
};

constexpr std::array<const char*, 3> kFolders{"super", "super_bad", "super_random"};

std::string shape_text(const ComponentMasks& masks) {
    return std::to_string(masks.heads.layers) + " layers × " + std::to_string(masks.heads.heads) + " heads";
}

// All tasks must agree on whether there are MLP masks: a missing one is a mistake, not another kind of mask.
Result<bool> masks_have_mlps(const std::vector<RunPlace>& runs) {
    const auto has = [](const RunPlace& run) { return fs::exists(run.folder / "mlp_mask.npy"); };
    const bool any = std::any_of(runs.begin(), runs.end(), has);
    const auto lacking = std::find_if_not(runs.begin(), runs.end(), has);
    if (any && lacking != runs.end())
        return Error{"no such file, other folders have one", (lacking->folder / "mlp_mask.npy").string(),
                     "Search this seed again, or take its folder away"};
    return any;
}

Result<std::vector<TaskWork>> read_tasks(const SupermaskRequest& request, bool& has_mlps) {
    LOTTERY_TRY(auto runs, list_runs(request.masks));
    const auto is_unwanted = [](const auto& wanted, const auto& value) {
        return !wanted.empty() && std::find(wanted.begin(), wanted.end(), value) == wanted.end();
    };
    std::erase_if(runs, [&](const RunPlace& run) {
        return is_unwanted(request.tasks, run.task) || is_unwanted(request.seeds, run.seed);
    });
    if (runs.empty())
        return Error{"no masks found: expected are <TASK>/seed_<N>/head_mask.npy", request.masks.string(),
                     "Give one setting's folder, as masks/heads_mlps of a study"};
    LOTTERY_TRY(has_mlps, masks_have_mlps(runs));
    std::vector<TaskWork> tasks;
    for (const auto& run : runs) {
        if (tasks.empty() || tasks.back().task != run.task) tasks.push_back({run.task, {}, {}, {}, {}});
        auto& work = tasks.back();
        const fs::path heads = run.folder / "head_mask.npy", mlps = run.folder / "mlp_mask.npy";
        LOTTERY_TRY(auto masks, read_good_masks(heads, has_mlps ? std::optional(mlps) : std::nullopt));
        if (!work.masks.empty() && (masks.heads.layers != work.masks.front().heads.layers ||
                                    masks.heads.heads != work.masks.front().heads.heads))
            return Error{shape_text(masks) + " found, seed " + std::to_string(work.seeds.front()) + " has " +
                             shape_text(work.masks.front()),
                         heads.string(), "Masks over seeds must be of one model"};
        work.seeds.push_back(run.seed);
        work.masks.push_back(std::move(masks));
    }
    FileHashes hashes;
    for (auto& work : tasks) {
        LOTTERY_TRY(work.inputs, run_inputs(request, work.task, work.seeds, has_mlps, hashes));
    }
    return tasks;
}

fs::path folder_of(const SupermaskRequest& request, const char* kind) { return request.out / (request.prefix + kind); }

TaskSupermasks report_of(const TaskWork& work) {
    TaskSupermasks report;
    report.task = work.task;
    report.seeds = work.seeds;
    report.good = overlap_with_good(work.made.good, work.made.good);
    report.bad = overlap_with_good(work.made.bad, work.made.good);
    for (const auto& masks : work.made.random) report.random.push_back(overlap_with_good(masks, work.made.good));
    return report;
}

Json to_json(const TaskSupermasks& task, bool with_mlps) {
    Json random = Json::array();
    for (const auto& overlap : task.random) random.push_back(to_json(overlap, with_mlps));
    return {{"task", task_info(task.task).name},
            {"seeds", task.seeds},
            {"kept_heads", task.good.heads.kept},
            {"kept_mlps", with_mlps ? Json(task.good.mlps.kept) : Json(nullptr)},
            {"overlap_bad", to_json(task.bad, with_mlps)},
            {"overlap_random", random}};
}

Status write_task(const SupermaskRequest& request, const TaskWork& work, bool has_mlps) {
    const std::string name(task_info(work.task).name);
    for (const char* kind : kFolders) {
        const std::string what = kind;
        Provenance provenance("supermask " + what);
        const fs::path folder = folder_of(request, kind);
        for (std::size_t i = 0; i < work.seeds.size(); ++i) {
            const auto& masks = what == "super"       ? work.made.good
                                : what == "super_bad" ? work.made.bad
                                                      : work.made.random[i];
            LOTTERY_CHECK(write_mask_files(folder / run_place(work.task, work.seeds[i]), masks));
        }
        provenance.fields()["inputs"] = work.inputs;
        provenance.fields()["masks"] = request.masks.string();
        LOTTERY_CHECK(provenance.finish(folder / name, to_json(report_of(work), has_mlps)));
    }
    return ok();
}

Result<SupermaskReport> make_supermasks(const SupermaskRequest& request) {
    if (request.out.empty()) return Error{"no folder is given for the masks", "--out", {}};
    if (request.prefix.find('/') != std::string::npos)
        return Error{"\"" + request.prefix + "\" is no beginning of a folder's name", "--prefix",
                     "Give the folder as --out"};
    SupermaskReport report;
    report.seed = request.seed;
    LOTTERY_TRY(auto tasks, read_tasks(request, report.has_mlps));
    for (auto& work : tasks) {
        for (const char* kind : kFolders)
            LOTTERY_CHECK(check_rerun(folder_of(request, kind) / task_info(work.task).name, work.inputs,
                                      ("seed_" + std::to_string(work.seeds.front()) + "/head_mask.npy").c_str()));
        Random random(derive_seed(request.seed, static_cast<std::uint64_t>(work.task)));
        LOTTERY_TRY(work.made, super_masks(work.masks, random));
        report.tasks.push_back(report_of(work));
    }
    for (const auto& work : tasks) LOTTERY_CHECK(write_task(request, work, report.has_mlps));
    return report;
}

}  // namespace

Result<SupermaskReport> run_supermasks(const SupermaskRequest& request) {
    return at_job_boundary("supermask", [&] { return make_supermasks(request); });
}

Json to_json(const SupermaskReport& report) {
    Json tasks = Json::array();
    for (const auto& task : report.tasks) tasks.push_back(to_json(task, report.has_mlps));
    return {{"seed", report.seed}, {"tasks", tasks}};
}

}  // namespace lottery
