// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/job_runner.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <algorithm>
#include <condition_variable>
#include <exception>
#include <new>
#include <optional>
#include <thread>

namespace lottery::gui {

namespace {

// Half a frame.
constexpr int kSliceMs = 8;

const QEvent::Type kWakeUp = static_cast<QEvent::Type>(QEvent::registerEventType());

JobEnd endOf(const std::function<Outcome<Unit>(std::stop_token, JobEvents&)>& work, std::stop_token stop,
             JobEvents& events) {
    try {
        const Outcome<Unit> outcome = work(std::move(stop), events);
        if (outcome.done()) return {JobState::Done, {}};
        if (outcome.cancelled()) return {JobState::Cancelled, {}};
        return {JobState::Failed, outcome.error()};
    } catch (const std::bad_alloc&) {
        return {JobState::Failed,
                {"Out of memory", "", "Choose a smaller batch size or sequence length, or close other programs"}};
    } catch (const std::exception& exception) {
        return {JobState::Failed, {exception.what(), "", "The log of the job tells how far it came"}};
    } catch (...) {
        return {JobState::Failed, {"An unknown exception", "", "The log of the job tells how far it came"}};
    }
}

}  // namespace

// A thread that runs one assignment after the other and sleeps between them.
class JobRunner::Worker {
public:
    explicit Worker(JobRunner* runner)
        : runner_(runner), thread_([this](const std::stop_token& quit) { loop(quit); }) {}

    void assign(Waiting job, std::stop_token stop) {
        {
            const std::lock_guard lock(mutex_);
            next_.emplace(std::move(job), std::move(stop));
        }
        wake_.notify_one();
    }

    void pause(bool paused) {
        {
            const std::lock_guard lock(pause_mutex_);
            paused_ = paused;
        }
        resume_.notify_one();
    }

private:
    // Between two steps of the job's work, on its thread.
    void holdWhilePaused(JobId id, const std::stop_token& stop) {
        std::unique_lock lock(pause_mutex_);
        if (!paused_ || stop.stop_requested()) return;
        runner_->post(id, Held{true});
        resume_.wait(lock, stop, [this] { return !paused_; });
        runner_->post(id, Held{false});
    }

    void loop(const std::stop_token& quit) {
        std::unique_lock lock(mutex_);
        while (wake_.wait(lock, quit, [this] { return next_.has_value(); })) {
            auto [job, stop] = *std::move(next_);
            next_.reset();
            lock.unlock();
            JobEvents events([this, id = job.id, &stop](JobEvent event) {
                runner_->post(id, std::move(event));
                holdWhilePaused(id, stop);
            });
            JobEnd end = endOf(job.work, stop, events);
            // What the work holds is gone before its end is known.
            job.work = nullptr;
            runner_->post(job.id, std::move(end));
            lock.lock();
        }
    }

    JobRunner* runner_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::optional<std::pair<Waiting, std::stop_token>> next_;  // guarded by mutex_
    std::mutex pause_mutex_;
    std::condition_variable_any resume_;
    bool paused_ = false;  // guarded by pause_mutex_
    std::jthread thread_;  // last: it uses the rest
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    next_slice_.setSingleShot(true);
    next_slice_.setInterval(0);
    connect(&next_slice_, &QTimer::timeout, this, &JobRunner::handOut);
}

JobRunner::~JobRunner() {
    for (auto& [name, device] : devices_) {
        device.queue.clear();
        device.stop.request_stop();
    }
    devices_.clear();
}

JobId JobRunner::submit(Job job) {
    const JobId id = ++last_;
    ++open_;
    devices_[job.device].queue.push_back({id, std::move(job.work)});
    wakeUp();
    return id;
}

JobRunner::Device* JobRunner::deviceOf(JobId id) {
    if (id == 0) return nullptr;
    for (auto& [name, device] : devices_) {
        const bool waits =
            std::any_of(device.queue.begin(), device.queue.end(), [id](const Waiting& w) { return w.id == id; });
        if (waits || device.running == id) return &device;
    }
    return nullptr;
}

void JobRunner::cancel(JobId id) {
    Device* device = deviceOf(id);
    if (!device) return;
    if (device->running == id) {
        device->stop.request_stop();
        return;
    }
    auto& queue = device->queue;
    queue.erase(std::remove_if(queue.begin(), queue.end(), [id](const Waiting& w) { return w.id == id; }), queue.end());
    post(id, JobEnd{JobState::Cancelled, {}});
}

void JobRunner::pause(JobId id) {
    Device* device = deviceOf(id);
    if (device && device->running == id) device->worker->pause(true);
}

void JobRunner::resume(JobId id) {
    Device* device = deviceOf(id);
    if (device && device->running == id) device->worker->pause(false);
}

void JobRunner::cancelAll() {
    for (auto& [name, device] : devices_) {
        while (!device.queue.empty()) cancel(device.queue.front().id);
        if (device.running != 0) device.stop.request_stop();
    }
}

bool JobRunner::moveQueued(JobId id, int delta) {
    Device* device = deviceOf(id);
    if (!device || device->running == id || delta == 0) return false;
    auto& queue = device->queue;
    const auto at = std::find_if(queue.begin(), queue.end(), [id](const Waiting& w) { return w.id == id; });
    if (delta < 0 ? at == queue.begin() : at + 1 == queue.end()) return false;
    std::iter_swap(at, delta < 0 ? at - 1 : at + 1);
    return true;
}

bool JobRunner::isIdle() const { return open_ == 0; }

std::vector<JobId> JobRunner::queued(const QString& device) const {
    std::vector<JobId> ids;
    const auto found = devices_.find(device);
    if (found == devices_.end()) return ids;
    for (const Waiting& waiting : found->second.queue) ids.push_back(waiting.id);
    return ids;
}

void JobRunner::post(JobId id, Content content) {
    {
        const std::lock_guard lock(mailbox_mutex_);
        const auto* event = std::get_if<JobEvent>(&content);
        if (event && std::holds_alternative<Progress>(*event) && !mailbox_.empty() && mailbox_.back().id == id) {
            auto* before = std::get_if<JobEvent>(&mailbox_.back().content);
            if (before && std::holds_alternative<Progress>(*before)) {
                mailbox_.back().content = std::move(content);
                return;
            }
        }
        mailbox_.push_back({id, std::move(content)});
        if (awake_) return;
        awake_ = true;
    }
    QCoreApplication::postEvent(this, new QEvent(kWakeUp));
}

void JobRunner::wakeUp() {
    {
        const std::lock_guard lock(mailbox_mutex_);
        if (awake_) return;
        awake_ = true;
    }
    QCoreApplication::postEvent(this, new QEvent(kWakeUp));
}

bool JobRunner::event(QEvent* event) {
    if (event->type() != kWakeUp) return QObject::event(event);
    takeLetters();
    handOut();
    return true;
}

void JobRunner::takeLetters() {
    const std::lock_guard lock(mailbox_mutex_);
    for (Letter& letter : mailbox_) letters_.push_back(std::move(letter));
    mailbox_.clear();
    awake_ = false;
}

void JobRunner::handOut() {
    QElapsedTimer slice;
    slice.start();
    while (!letters_.empty()) {
        if (slice.elapsed() >= kSliceMs) {
            // A timer and not an event: posted events would go before input and painting.
            next_slice_.start();
            break;
        }
        const Letter letter = std::move(letters_.front());
        letters_.pop_front();
        if (const auto* event = std::get_if<JobEvent>(&letter.content)) {
            Q_EMIT happened(letter.id, *event);
            continue;
        }
        if (const auto* told = std::get_if<Held>(&letter.content)) {
            Q_EMIT held(letter.id, told->holding);
            continue;
        }
        for (auto& [name, device] : devices_) {
            if (device.running != letter.id) continue;
            device.running = 0;
            // A pause is of one job, also when that ended before it noticed.
            device.worker->pause(false);
        }
        --open_;
        Q_EMIT ended(letter.id, std::get<JobEnd>(letter.content));
        if (isIdle()) Q_EMIT becameIdle();
    }
    startNext();
}

void JobRunner::startNext() {
    for (auto& [name, device] : devices_) {
        if (device.running != 0 || device.queue.empty()) continue;
        Waiting job = std::move(device.queue.front());
        device.queue.pop_front();
        device.running = job.id;
        device.stop = std::stop_source();
        if (!device.worker) device.worker = std::make_unique<Worker>(this);
        const JobId id = job.id;
        device.worker->assign(std::move(job), device.stop.get_token());
        Q_EMIT started(id);
    }
}

}  // namespace lottery::gui
