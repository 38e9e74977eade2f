// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/folder_opener.h"

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

FolderOpener::FolderOpener(QObject* parent) : QObject(parent) {
    connect(&runner_, &JobRunner::ended, this, &FolderOpener::finish);
}

void FolderOpener::open(const std::filesystem::path& folder) {
    // Two clicks are one wish.
    for (const auto& [id, request] : requests_) {
        if (request.folder == folder) return;
    }
    auto result = std::make_shared<std::optional<RunFolder>>();
    Job job;
    job.title = textFromPath(folder);
    job.device = QStringLiteral("disk");
    job.work = [folder, result](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
        LOTTERY_TRY(*result, readRunFolder(folder));
        return Unit{};
    };
    requests_[runner_.submit(std::move(job))] = {folder, result};
}

void FolderOpener::finish(JobId id, const JobEnd& end) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    const Request request = std::move(found->second);
    requests_.erase(found);
    if (end.state == JobState::Done) Q_EMIT opened(**request.result);
    if (end.state == JobState::Failed) Q_EMIT failed(textFromPath(request.folder), end.error);
}

}  // namespace lottery::gui
