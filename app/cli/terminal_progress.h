// SPDX-License-Identifier: GPL-3.0-or-later
//
// Progress on stderr: a bar with rate and ETA on a terminal, one line per 10% otherwise.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <spdlog/logger.h>

#include "core/pruning/magnitude_options.h"
#include "core/study/demo.h"

namespace lottery::cli {

class TerminalProgress : public DemoObserver, public MagnitudeObserver {
public:
    // Stages: a line per stage of a study; the steps within them only move the bar.
    enum class Detail { Steps, Stages };

    explicit TerminalProgress(bool quiet, Detail detail = Detail::Steps);
    ~TerminalProgress() override;

    // A line of its own, at every detail.
    void say(const std::string& line);
    void on_progress(const Progress& progress) override;
    void on_message(Severity severity, const std::string& message) override;
    void on_dev_evaluation(const DevEvaluation& evaluation) override;
    void on_search_step(const MaskSearchStep& step) override;
    void on_magnitude_step(const MagnitudeStep& step) override;
    void on_stage(const DemoStage& stage) override;
    void on_scores(const DemoScores& scores) override;

private:
    void clear_bar();

    bool quiet_;
    Detail detail_;
    bool terminal_;
    bool bar_shown_ = false;
    std::string stage_;
    int tenths_ = 0;
    std::chrono::steady_clock::time_point stage_start_, last_drawn_;
    std::int64_t stage_first_ = 0;
    std::shared_ptr<spdlog::logger> log_;
};

}  // namespace lottery::cli
