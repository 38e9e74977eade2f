// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/background_reader.h"

namespace lottery::gui {

BackgroundReader::BackgroundReader(QObject* parent) : QObject(parent) {
    connect(&runner_, &JobRunner::ended, this, &BackgroundReader::finish);
}

bool BackgroundReader::isWaiting(const QString& key) const {
    return std::any_of(requests_.begin(), requests_.end(),
                       [&](const auto& request) { return request.second.key == key && !request.second.begun->load(); });
}

void BackgroundReader::submit(Job job, Request request) {
    requests_[runner_.submit(std::move(job))] = std::move(request);
}

void BackgroundReader::finish(JobId id, const JobEnd& end) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    const Request request = std::move(found->second);
    requests_.erase(found);
    request.answer(end);
}

}  // namespace lottery::gui
