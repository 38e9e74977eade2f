// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_failures.h"

#include "core/base/json.h"

namespace lottery {
namespace fs = std::filesystem;

StudyFailures::StudyFailures(const fs::path& study) : file_(study / ".study" / "failures.json") {
    std::error_code ec;
    if (!fs::exists(file_, ec)) return;
    const auto json = read_json(file_);
    if (!json || !json->is_object()) return;
    const auto jobs = json->find("jobs");
    if (jobs == json->end() || !jobs->is_object()) return;
    for (const auto& [id, message] : jobs->items())
        if (message.is_string()) messages_[id] = message.get<std::string>();
}

std::optional<std::string> StudyFailures::of(const std::string& id) const {
    const auto found = messages_.find(id);
    return found == messages_.end() ? std::nullopt : std::optional(found->second);
}

Status StudyFailures::keep(const std::string& id, const Error& error) {
    messages_[id] = error.to_string();
    return write();
}

Status StudyFailures::forget(const std::string& id) { return messages_.erase(id) == 0 ? ok() : write(); }

Status StudyFailures::write() const {
    Json jobs = Json::object();
    for (const auto& [id, message] : messages_) jobs[id] = message;
    return write_json(file_, {{"format", 1}, {"jobs", jobs}});
}

}  // namespace lottery
