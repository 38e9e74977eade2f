// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads beside the GUI thread: request, read, response. One after the other, in the order asked.
//
// Thread rule: GUI thread; what reads runs on a worker thread and may use only what it holds itself. The destructor
// waits for what is being read.
#pragma once

#include <QObject>
#include <algorithm>
#include <atomic>
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
    // is still waiting is not asked for twice: two clicks are one wish. What is being read already is read once more,
    // as it may have missed what was written since it began.
    template <typename T>
    void ask(const QString& key, std::function<Result<T>()> read, std::function<void(Result<T>)> then) {
        if (isWaiting(key)) return;
        // Written by the worker, read after its end was told.
        auto result = std::make_shared<std::optional<T>>();
        auto begun = std::make_shared<std::atomic<bool>>(false);
        Job job;
        job.title = key;
        job.device = QStringLiteral("disk");
        job.work = [read = std::move(read), result, begun](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
            begun->store(true);
            LOTTERY_TRY(*result, read());
            return Unit{};
        };
        submit(std::move(job), {key, begun, [result, then = std::move(then)](const JobEnd& end) {
                                    if (end.state == JobState::Done) then(Result<T>(std::move(**result)));
                                    if (end.state == JobState::Failed) then(Result<T>(end.error));
                                }});
    }
    bool isBusy() const { return !requests_.empty(); }

private:
    struct Request {
        QString key;
        std::shared_ptr<std::atomic<bool>> begun;  // set by the worker, before it reads
        std::function<void(const JobEnd&)> answer;
    };
    bool isWaiting(const QString& key) const;
    void submit(Job job, Request request);
    void finish(JobId id, const JobEnd& end);

    std::map<JobId, Request> requests_;
    JobRunner runner_;
};

}  // namespace lottery::gui
