// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/magnitude_summary.h"

#include <QLocale>
#include <QObject>
#include <cmath>

#include "core/figures/axes.h"

namespace lottery::gui {

namespace {

QString number(double value) { return QString::fromStdString(number_text(value, 4)); }
QString percent(double share) { return QObject::tr("%1 %").arg(100.0 * share, 0, 'f', 1); }
QString count(std::int64_t value) { return QLocale(QLocale::English).toString(static_cast<qlonglong>(value)); }

}  // namespace

QString magnitudeScoreText(const MagnitudeStep& step, const QString& metric, double threshold) {
    // A NaN metric counts as the worst score; only a mask without a record has none.
    if (std::isnan(step.score)) return QObject::tr("No score is recorded with this mask.");
    const QString name = metric.isEmpty() ? QObject::tr("score") : metric;
    const QString text = step.index == 0 ? QObject::tr("Full model: %1 %2").arg(name, number(step.score))
                                         : QObject::tr("Step %1: %2 %3").arg(step.index).arg(name, number(step.score));
    if (step.index == 0) {
        return std::isfinite(threshold) ? QObject::tr("%1 (threshold %2)").arg(text, number(threshold)) : text;
    }
    if (!std::isfinite(threshold)) return text;
    return (step.accepted ? QObject::tr("%1, reached the threshold %2") : QObject::tr("%1, below the threshold %2"))
        .arg(text, number(threshold));
}

QString magnitudeSizeText(const MagnitudeStep& step) {
    return QObject::tr("%1 of the prunable weights kept (%2)").arg(percent(step.kept_share), count(step.kept));
}

QString magnitudeResultText(const MagnitudeResult& result, const QString& metric) {
    const QString name = metric.isEmpty() ? QObject::tr("score") : metric;
    const QString share = percent(result.survival.kept_share()), all = count(result.survival.prunable);
    if (std::isnan(result.full_score))
        return QObject::tr("The mask keeps %1 of the %2 prunable weights. An evaluation tells its score.")
            .arg(share, all);
    if (std::isnan(result.threshold_score))
        return QObject::tr(
                   "The last round's mask keeps %1 of the %2 prunable weights, %3 of all parameters (embeddings "
                   "aside).\nIts %4 on dev is %5 after training, that of the unpruned model %6.")
            .arg(share, all, percent(result.parameters_kept_share), name, number(result.score),
                 number(result.full_score));
    QString text = (result.kept_step == 0 ? QObject::tr("Nothing was pruned: kept is the full model, ")
                                          : QObject::tr("Kept is the mask of step %1: ").arg(result.kept_step)) +
                   QObject::tr("%1 of the %2 prunable weights, %3 of all parameters (embeddings aside).\n")
                       .arg(share, all, percent(result.parameters_kept_share)) +
                   QObject::tr("Its %1 is %2 of %3 on the search split")
                       .arg(name, number(result.score), number(result.full_score));
    if (result.dev_score && result.dev_full_score)
        text += QObject::tr(", %1 of %2 on dev").arg(number(*result.dev_score), number(*result.dev_full_score));
    return text + '.';
}

}  // namespace lottery::gui
