// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/provenance/record_file.h"

#include <system_error>

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

bool isOfSupermask(const fs::path& file) {
    const Result<Json> record = read_json(file);
    if (!record || !record->is_object() || !record->contains("command")) return false;
    const Json& command = record->at("command");
    return command.is_string() && command.get_ref<const std::string&>().starts_with("supermask ");
}

}  // namespace

fs::path recordFile(const fs::path& folder) {
    const fs::path own = folder / "run.json";
    if (isThere(own)) return own;
    const fs::path task = folder.parent_path() / "run.json";
    if (isThere(task) && isOfSupermask(task)) return task;
    const fs::path evaluation = folder / "evaluate_masked" / "run.json";
    return isThere(evaluation) ? evaluation : own;
}

Result<Json> readRecord(const fs::path& folder) {
    const fs::path file = recordFile(folder);
    if (!isThere(file))
        return Error{"is not there: the run is not finished, or it comes from elsewhere without its record",
                     file.string(), "Let the run go on to its end; of published masks and models there is no record"};
    Result<Json> record = read_json(file);
    if (!record) {
        Error error = record.error();
        if (error.advice.empty())
            error.advice =
                "Put the file back from a copy, or do the run again into a new folder; models and masks "
                "beside it are not touched";
        return error;
    }
    if (!record->is_object())
        return Error{std::string("a JSON object was expected, found ") + record->type_name(), file.string(),
                     "It is not the record of a run; put the right file back, or do the run again"};
    return record;
}

}  // namespace lottery::gui
