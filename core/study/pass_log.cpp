// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/pass_log.h"

#include <utility>

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr int kFormat = 1;
constexpr const char* kFile = "passes.json";

std::vector<Json> read_passes(const fs::path& file, const Json& inputs) {
    std::error_code ec;
    if (!fs::exists(file, ec)) return {};
    const auto json = read_json(file);
    if (!json || !json->is_object() || json->value("format", Json()) != kFormat ||
        json->value("inputs", Json()) != inputs)
        return {};
    const auto passes = json->find("passes");
    if (passes == json->end() || !passes->is_array()) return {};
    return {passes->begin(), passes->end()};
}

}  // namespace

PassLog::PassLog(const fs::path& folder, const Json& inputs)
    : file_(folder / kFile), inputs_(inputs), found_(read_passes(file_, inputs)) {}

void PassLog::say_found(ProgressSink& progress) const {
    if (found_.empty()) return;
    progress.on_message(Severity::Info, file_.parent_path().string() + ": goes on after " +
                                            std::to_string(found_.size()) + " passes of an interrupted search");
}

std::size_t PassLog::passes_of(const fs::path& folder, const Json& inputs) {
    return read_passes(folder / kFile, inputs).size();
}

const Json* PassLog::next(const Json& made_with) const {
    if (next_ >= found_.size()) return nullptr;
    const Json& entry = found_[next_];
    for (const auto& [key, value] : made_with.items())
        if (!entry.is_object() || entry.value(key, Json()) != value) return nullptr;
    return &entry;
}

Status PassLog::add(const Json& made_with, Json result) {
    result.update(made_with);
    passes_.push_back(std::move(result));
    return write_json(file_, {{"format", kFormat}, {"inputs", inputs_}, {"passes", passes_}});
}

void PassLog::remove() {
    std::error_code ignored;
    fs::remove(file_, ignored);
}

}  // namespace lottery
