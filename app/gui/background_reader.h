// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads beside the GUI thread: request, read, response. One after the other, in the order asked.
//
// Thread rule: GUI thread; what reads runs on a worker thread and may use only what it holds itself. The destructor
// waits for what is being read.
#pragma once

#include <QObject>
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "app/gui/job_runner.h"

namespace lottery::gui {

class BackgroundReader : public QObject {
    Q_OBJECT

public:
    explicit BackgroundReader(QObject* parent = nullptr);

    // `then` gets the result on the GUI thread, never from within this call. What was asked for under the same key and
    // has not been answered yet is not asked for twice: two clicks are one wish.
    template <typename T>
    void ask(const QString& key, std::function<Result<T>()> read, std::function<void(Result<T>)> then) {
        if (isAsked(key)) return;
        // Written by the worker, read after its end was told.
        auto result = std::make_shared<std::optional<T>>();
        Job job;
        job.title = key;
        job.device = QStringLiteral("disk");
        job.work = [read = std::move(read), result](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
            LOTTERY_TRY(*result, read());
            return Unit{};
        };
        submit(std::move(job), key, [result, then = std::move(then)](const JobEnd& end) {
            if (end.state == JobState::Done) then(Result<T>(std::move(**result)));
            if (end.state == JobState::Failed) then(Result<T>(end.error));
        });
    }
    bool isBusy() const { return !requests_.empty(); }

private:
    struct Request {
        QString key;
        std::function<void(const JobEnd&)> answer;
    };
    bool isAsked(const QString& key) const;
    void submit(Job job, const QString& key, std::function<void(const JobEnd&)> answer);
    void finish(JobId id, const JobEnd& end);

    std::map<JobId, Request> requests_;
    JobRunner runner_;
};

}  // namespace lottery::gui
