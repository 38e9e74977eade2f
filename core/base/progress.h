// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long work reports on itself. Core functions take a std::stop_token and a ProgressSink&; they know
// nothing of threads, terminals or windows.
//
// Thread rule: a sink is called from the thread that runs the work, and only from it. A sink that hands
// events to another thread copies them.
#pragma once

#include <cstdint>
#include <string>

namespace lottery {

struct Progress {
    std::string stage;       // what is being done, e.g. "fine-tuning MRPC"
    std::int64_t done = 0;   // units finished
    std::int64_t total = 0;  // units in all, 0 when unknown
    std::string unit;        // what a unit is, e.g. "step"
    double rate = 0.0;       // throughput in `rate_unit` per second, 0 when not yet known
    std::string rate_unit;   // e.g. "examples"
};

enum class Severity { Info, Warning, Error };

class ProgressSink {
public:
    virtual ~ProgressSink() = default;
    virtual void on_progress(const Progress&) {}
    // A remark for the user: skipped rows, a freshly initialised classifier, a NaN metric.
    virtual void on_message(Severity, const std::string&) {}
};

}  // namespace lottery
