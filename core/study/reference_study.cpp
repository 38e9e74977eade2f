// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reference_study.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr int kFormat = 1;
constexpr const char* kKind = "reference";
constexpr const char* kFile = "study.json";

bool is_reference(const Json& json) {
    return json.is_object() && json.contains("kind") && json["kind"].is_string() && json["kind"] == kKind;
}

Error read_only(const fs::path& study) {
    return {"is a reference study, which is read-only: it holds what others published", study.string(),
            "Choose a folder of your own"};
}

Result<ReferenceStudy> from_json(const Json& json, const std::string& place) {
    LOTTERY_CHECK(check_keys(
        json,
        {"format", "kind", "source", "tasks", "seeds", "settings", "experiments", "layers", "heads", "files", "sha256"},
        place));
    try {
        if (const auto format = json.at("format").get<int>(); format != kFormat)
            return Error{"format " + std::to_string(format) + " found, " + std::to_string(kFormat) + " is read", place,
                         "Use the version of the program that wrote it, or import again into another folder"};
        ReferenceStudy study;
        json.at("source").get_to(study.source);
        for (const auto& name : json.at("tasks")) {
            LOTTERY_TRY(const auto task, parse_task(name.get<std::string>()));
            study.tasks.push_back(task);
        }
        json.at("seeds").get_to(study.seeds);
        json.at("settings").get_to(study.settings);
        json.at("experiments").get_to(study.experiments);
        if (!json.at("layers").is_null()) json["layers"].get_to(study.layers);
        if (!json.at("heads").is_null()) json["heads"].get_to(study.heads);
        json.at("files").get_to(study.files);
        json.at("sha256").get_to(study.sha256);
        return study;
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not the record of a reference study (") + e.what() + ")", place, {}};
    }
}

}  // namespace

Json to_json(const ReferenceStudy& study) {
    Json tasks = Json::array();
    for (const auto task : study.tasks) tasks.push_back(task_info(task).name);
    const auto known = [](int count) { return count > 0 ? Json(count) : Json(nullptr); };
    return {{"format", kFormat},
            {"kind", kKind},
            {"source", study.source},
            {"tasks", tasks},
            {"seeds", study.seeds},
            {"settings", study.settings},
            {"experiments", study.experiments},
            {"layers", known(study.layers)},
            {"heads", known(study.heads)},
            {"files", study.files},
            {"sha256", study.sha256}};
}

Result<std::optional<ReferenceStudy>> find_reference_study(const fs::path& folder) {
    const fs::path file = folder / kFile;
    std::error_code ec;
    if (!fs::exists(file, ec)) return std::optional<ReferenceStudy>();
    LOTTERY_TRY(const Json json, read_json(file));
    if (!is_reference(json)) return std::optional<ReferenceStudy>();
    LOTTERY_TRY(auto study, from_json(json, file.string()));
    return std::optional(std::move(study));
}

Result<ReferenceStudy> read_reference_study(const fs::path& folder) {
    LOTTERY_TRY(auto found, find_reference_study(folder));
    if (!found)
        return Error{"is no reference study: it has no study.json of the kind \"reference\"", folder.string(),
                     "Make one with lottery import"};
    std::error_code ec;
    if (!fs::exists(folder / "run.json", ec))
        return Error{"the import into this folder has not ended", folder.string(),
                     "Give the same lottery import again: it goes on"};
    return *std::move(found);
}

Status check_study_is_writable(const fs::path& folder) {
    std::error_code ec;
    if (const fs::path file = folder / kFile; fs::exists(file, ec)) {
        LOTTERY_TRY(const Json json, read_json(file));
        if (is_reference(json)) return read_only(folder);
    }
    // The folders above it. A study.json there that cannot be read need not be one of ours.
    fs::path inner = fs::absolute(folder.empty() ? fs::path(".") : folder, ec).lexically_normal();
    if (ec) return Error{"cannot be found: " + ec.message(), folder.string(), {}};
    for (fs::path outer = inner.parent_path(); outer != inner; inner = outer, outer = outer.parent_path()) {
        if (!fs::exists(outer / kFile, ec)) continue;
        const auto json = read_json(outer / kFile);
        if (json && is_reference(*json)) return read_only(outer);
    }
    return ok();
}

}  // namespace lottery
