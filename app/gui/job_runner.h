// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs jobs: one worker thread a device, one queue a device, cancel by stop token.
//
//   submit → started → happened… → ended     ended comes exactly once, last, and says Done, Cancelled or Failed
//
// Work tells of itself through a mailbox: events are copied in on the worker thread and handed out on the GUI thread
// in the order in which they were told, none lost; of progress reports that wait together only the newest is handed
// out. A flood is handed out in slices, so that the window goes on painting and answering. Exceptions that leave the
// work become Failed here. A paused job is held where it tells something, by not returning to it.
//
// Thread rule: everything public on the GUI thread. Signals come on the GUI thread, never from within submit().
// Nothing here waits for a worker but the destructor; who must not wait calls cancelAll() and destroys the runner
// after becameIdle().
#pragma once

#include <QObject>
#include <QTimer>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "app/gui/job.h"

namespace lottery::gui {

class JobRunner : public QObject {
    Q_OBJECT

public:
    explicit JobRunner(QObject* parent = nullptr);
    // Cancels what is there and waits for it.
    ~JobRunner() override;

    JobId submit(Job job);
    // A queued job ends at once, a running one when its work has noticed. A job that has ended: nothing happens.
    void cancel(JobId id);
    void cancelAll();
    // The running job holds where it next tells something, until it is resumed or cancelled. A job that does not run:
    // nothing happens.
    void pause(JobId id);
    void resume(JobId id);
    // Exchanges a queued job with its neighbour in the queue of its device: -1 earlier, +1 later. False: no neighbour.
    bool moveQueued(JobId id, int delta);

    bool isIdle() const;  // every submitted job has ended
    std::vector<JobId> queued(const QString& device) const;

Q_SIGNALS:
    void started(lottery::gui::JobId id);
    void happened(lottery::gui::JobId id, const lottery::gui::JobEvent& event);
    void ended(lottery::gui::JobId id, const lottery::gui::JobEnd& end);
    // The job holds, or goes on.
    void held(lottery::gui::JobId id, bool holding);
    void becameIdle();

protected:
    bool event(QEvent* event) override;

private:
    class Worker;
    struct Waiting {
        JobId id;
        std::function<Outcome<Unit>(std::stop_token, JobEvents&)> work;
    };
    struct Device {
        std::deque<Waiting> queue;
        JobId running = 0;  // 0: none
        std::stop_source stop;
        std::unique_ptr<Worker> worker;
    };
    struct Held {
        bool holding;
    };
    using Content = std::variant<JobEvent, Held, JobEnd>;
    struct Letter {
        JobId id;
        Content content;
    };

    void post(JobId id, Content content);  // from any thread
    void wakeUp();                         // from any thread
    void takeLetters();
    void handOut();
    void startNext();
    Device* deviceOf(JobId id);

    std::map<QString, Device> devices_;
    JobId last_ = 0;
    int open_ = 0;                // submitted, not yet ended
    std::deque<Letter> letters_;  // taken from the mailbox, not yet handed out
    QTimer next_slice_;
    std::mutex mailbox_mutex_;
    std::vector<Letter> mailbox_;  // guarded by mailbox_mutex_
    bool awake_ = false;           // guarded by mailbox_mutex_: a wake-up is on its way
};

}  // namespace lottery::gui
