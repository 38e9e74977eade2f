// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/what_if_text.h"

#include <QObject>
#include <cmath>

#include "core/figures/axes.h"

namespace lottery::gui {

namespace {

QString number(double value, int digits) { return QString::fromStdString(number_text(value, digits)); }

QString signedNumber(double value, int digits) {
    return (value > 0.0 ? QStringLiteral("+") : QString()) + number(value, digits);
}

}  // namespace

QString whatIfScoreText(const EstimatedScore& score) {
    return score.value ? number(*score.value, 4) : QObject::tr("undefined");
}

QString whatIfIntervalText(const EstimatedScore& score) {
    if (!score.value) return QObject::tr("All predictions are equal, or not finite: keep more.");
    if (!score.interval)
        return QObject::tr("No interval: all resamples give one score; more examples may tell them apart.");
    return QObject::tr("95%: %1 to %2").arg(number(score.interval->low, 3), number(score.interval->high, 3));
}

QString whatIfDifferenceText(const WhatIfEstimate& estimate) {
    const auto& difference = estimate.difference;
    if (!difference.value || !estimate.full.value) return {};
    const QString full = number(*estimate.full.value, 4);
    if (*difference.value == 0.0 && !difference.interval)
        return QObject::tr("As with everything kept on each of these examples: %1").arg(full);
    QString text =
        QObject::tr("%1 against everything kept, which has %2").arg(signedNumber(*difference.value, 4), full);
    if (difference.interval)
        text += QObject::tr("\n95% of the difference: %1 to %2")
                    .arg(signedNumber(difference.interval->low, 3), signedNumber(difference.interval->high, 3));
    return text;
}

QString whatIfSizeText(const ComponentMasks& masks, const ComponentMasks& components, std::int64_t kept,
                       std::int64_t all) {
    const double share = all == 0 ? 0.0 : static_cast<double>(kept) / static_cast<double>(all);
    return QObject::tr(
               "%1 of %2 heads and %3 of %4 MLPs kept: %5% of the parameters outside the embeddings, %6 of %7 "
               "million")
        .arg(masks.kept_heads())
        .arg(components.kept_heads())
        .arg(masks.kept_mlps())
        .arg(components.kept_mlps())
        .arg(number(100.0 * share, 1), number(static_cast<double>(kept) / 1e6, 2),
             number(static_cast<double>(all) / 1e6, 2));
}

QString whatIfCostText(const WhatIfEstimate& estimate) {
    QString text = QObject::tr("%1 ms per example").arg(number(estimate.milliseconds_per_example, 2));
    if (estimate.reused > 0.0)
        text += QObject::tr("; %1% of the layers were known already").arg(number(100.0 * estimate.reused, 0));
    return text;
}

}  // namespace lottery::gui
