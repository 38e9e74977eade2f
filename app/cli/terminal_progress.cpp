// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal_progress.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/cli/command.h"

namespace lottery::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::string duration_text(double seconds) {
    char text[32];
    const auto s = static_cast<long>(std::llround(seconds));
    if (s >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
    return text;
}

}  // namespace

TerminalProgress::TerminalProgress(bool quiet, Detail detail)
    : quiet_(quiet),
      detail_(detail),
      terminal_(::isatty(STDERR_FILENO) == 1),
      log_(std::make_shared<spdlog::logger>("lottery", std::make_shared<spdlog::sinks::stderr_sink_st>())) {
    log_->set_pattern("%v");
    log_->set_level(quiet ? spdlog::level::warn : spdlog::level::info);
}

TerminalProgress::~TerminalProgress() { clear_bar(); }

void TerminalProgress::clear_bar() {
    if (bar_shown_) std::fputs("\r\033[K", stderr);
    bar_shown_ = false;
}

void TerminalProgress::on_progress(const Progress& p) {
    if (quiet_) return;
    const auto now = Clock::now();
    // A pass number changes within one stage of a search; its bar goes on.
    const std::string stage = p.stage.substr(0, p.stage.find(", pass"));
    if (stage != stage_ || p.done < stage_first_) {
        stage_ = stage;
        tenths_ = 0;
        stage_start_ = last_drawn_ = now;
        stage_first_ = p.done;
    }
    const double share = p.total > 0 ? static_cast<double>(p.done) / static_cast<double>(p.total) : 0.0;
    const double elapsed = std::chrono::duration<double>(now - stage_start_).count();
    const auto worked = static_cast<double>(p.done - stage_first_);
    // Not before something was measured: a stage that was interrupted by another begins anew.
    const std::string eta =
        worked > 0 ? ", ETA " + duration_text(elapsed / worked * static_cast<double>(p.total - p.done)) : "";
    char text[256];
    if (terminal_) {
        const bool last = p.done >= p.total;
        if (!last && bar_shown_ && now - last_drawn_ < std::chrono::milliseconds(100)) return;
        last_drawn_ = now;
        constexpr int kWidth = 30;
        const int filled = static_cast<int>(share * kWidth);
        std::string bar(static_cast<std::size_t>(filled), '#');
        bar.resize(kWidth, '.');
        std::snprintf(text, sizeof text, "\r\033[K%s [%s] %3.0f%%  %.1f %s/s%s", p.stage.c_str(), bar.c_str(),
                      share * 100, p.rate, p.rate_unit.c_str(), eta.c_str());
        std::fputs(text, stderr);
        bar_shown_ = true;
        if (last) clear_bar();
        return;
    }
    if (detail_ == Detail::Stages) return;
    const int tenths = static_cast<int>(share * 10);
    if (tenths <= tenths_) return;
    tenths_ = tenths;
    std::snprintf(text, sizeof text, "%s: %d%% (%lld of %lld %s), %.1f %s/s%s", p.stage.c_str(), tenths * 10,
                  static_cast<long long>(p.done), static_cast<long long>(p.total), p.unit.c_str(), p.rate,
                  p.rate_unit.c_str(), eta.c_str());
    log_->info(text);
}

void TerminalProgress::say(const std::string& line) {
    clear_bar();
    log_->info(line);
}

void TerminalProgress::on_message(Severity severity, const std::string& message) {
    if (severity == Severity::Info && detail_ == Detail::Stages) return;
    clear_bar();
    switch (severity) {
        case Severity::Info:
            log_->info(message);
            break;
        case Severity::Warning:
            log_->warn("warning: {}", message);
            break;
        case Severity::Error:
            log_->error("error: {}", message);
            break;
    }
}

void TerminalProgress::on_dev_evaluation(const DevEvaluation& e) {
    if (detail_ == Detail::Stages) return;
    clear_bar();
    char epoch[32];
    std::snprintf(epoch, sizeof epoch, "%.4g", e.epoch);
    log_->info("dev after epoch {}: {}  loss {:.4f}", epoch, metrics_text(e.metrics), e.loss);
}

void TerminalProgress::on_search_step(const MaskSearchStep& s) {
    if (detail_ == Detail::Stages) return;
    clear_bar();
    log_->info("step {:3d}  {:<10}  score {:.4f}  {} heads, {} MLPs kept  {}", s.index, s.phase, s.score,
               s.masks.kept_heads(), s.masks.kept_mlps(), s.accepted ? "accepted" : "below the threshold");
}

void TerminalProgress::on_magnitude_step(const MagnitudeStep& s) {
    clear_bar();
    log_->info("step {:3d}  {:<10}  score {:.4f}  {:.1f}% of the weights kept  {}", s.index,
               s.index == 0 ? "full" : "magnitude", s.score, s.kept_share * 100,
               s.accepted ? "reaches the threshold" : "below the threshold");
}

void TerminalProgress::on_stage(const DemoStage& stage) {
    clear_bar();
    log_->info("{:2d} of {}  {}{}", stage.index + 1, stage.count, title(stage),
               stage.finished_before ? " (done before)" : "");
}

void TerminalProgress::on_scores(const DemoScores& s) {
    clear_bar();
    log_->info(
        "          {}: full {:.3f}, found mask {:.3f} ({} of {} heads, {} of {} MLPs), random masks {:.3f} ± {:.3f}",
        s.metric, s.full, s.importance, s.kept_heads, s.heads, s.kept_mlps, s.mlps, s.random_mean, s.random_std);
}

}  // namespace lottery::cli
