// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/eta.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

constexpr double kWindowSeconds = 30.0;
// Below this the rate is more noise than news.
constexpr double kShortestSpanSeconds = 0.5;

QString translated(const char* text) { return QCoreApplication::translate("Duration", text); }

}  // namespace

double EtaEstimator::update(const Progress& progress, double now) {
    const bool afresh = progress.stage != stage_ || progress.total != total_ ||
                        (!samples_.empty() && progress.done < samples_.back().done);
    if (afresh) {
        stage_ = progress.stage;
        total_ = progress.total;
        samples_.clear();
    }
    samples_.push_back({now, progress.done});
    while (samples_.size() > 2 && samples_[1].time <= now - kWindowSeconds) samples_.pop_front();
    if (progress.total <= 0) return -1.0;
    if (progress.done >= progress.total) return 0.0;
    const double span = now - samples_.front().time;
    const auto units = static_cast<double>(progress.done - samples_.front().done);
    if (span < kShortestSpanSeconds || units <= 0.0) return -1.0;
    return static_cast<double>(progress.total - progress.done) * span / units;
}

QString durationText(double seconds) {
    if (!(seconds >= 0.0) || !std::isfinite(seconds)) return QStringLiteral("–");
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60) return translated("%1 s").arg(whole);
    if (whole < 3600) return translated("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    if (whole < 86400)
        return translated("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QLatin1Char('0'));
    return translated("%1 d %2 h").arg(whole / 86400).arg(whole % 86400 / 3600);
}

QString rateText(const Progress& progress) {
    if (!(progress.rate > 0.0) || !std::isfinite(progress.rate)) return QStringLiteral("–");
    const QString number = progress.rate >= 100.0 ? QString::number(std::llround(progress.rate))
                                                  : QString::number(progress.rate, 'g', progress.rate >= 1.0 ? 3 : 2);
    const QString unit =
        progress.rate_unit.empty() ? QStringLiteral("units") : QString::fromStdString(progress.rate_unit);
    return QStringLiteral("%1 %2/s").arg(number, unit);
}

QString progressText(const Progress& progress) {
    const double share = progressShare(progress);
    if (share < 0.0) {
        if (progress.done <= 0) return {};
        return QStringLiteral("%1 %2").arg(progress.done).arg(QString::fromStdString(progress.unit)).trimmed();
    }
    if (progress.unit.empty()) return QStringLiteral("%1 %").arg(std::floor(share * 100.0));
    return QCoreApplication::translate("Progress", "%1 %2 of %3")
        .arg(QString::fromStdString(progress.unit))
        .arg(progress.done)
        .arg(progress.total);
}

double progressShare(const Progress& progress) {
    if (progress.total <= 0) return -1.0;
    return std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0);
}

}  // namespace lottery::gui
