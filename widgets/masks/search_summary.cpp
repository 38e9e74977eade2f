// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/search_summary.h"

#include <QObject>
#include <algorithm>
#include <climits>
#include <cmath>
#include <utility>

#include "core/figures/axes.h"

namespace lottery::gui {

QString stepScoreText(const MaskSearchStep& step, const QString& metric, double threshold) {
    const QString name = metric.isEmpty() ? QObject::tr("score") : metric;
    QString text = QObject::tr("Step %1 (%2): %3 %4, %5")
                       .arg(step.index)
                       .arg(QString::fromStdString(phase_name(step.phase)), name,
                            QString::fromStdString(number_text(step.score, 4)),
                            step.accepted ? QObject::tr("accepted") : QObject::tr("rejected"));
    if (std::isfinite(threshold)) {
        text += QObject::tr(" (threshold %1)").arg(QString::fromStdString(number_text(threshold, 4)));
    }
    return text;
}

QString stepSizeText(const MaskSearchStep& step) {
    return QObject::tr("%1 of %2 heads and %3 of %4 MLPs kept")
        .arg(step.masks.kept_heads())
        .arg(step.masks.heads.values.size())
        .arg(step.masks.kept_mlps())
        .arg(step.masks.mlps.size());
}

QString stepMaskedText(const MaskSearchStep& step) {
    if (step.masked.empty()) return QObject::tr("Nothing newly masked.");
    std::vector<Component> masked = step.masked;
    // MLPs stand right of the heads of their layer.
    std::ranges::sort(masked, {}, [](const Component& c) { return std::pair(c.layer, c.head < 0 ? INT_MAX : c.head); });
    QStringList names;
    for (const Component& component : masked) names << QString::fromStdString(component_id(component));
    return QObject::tr("Newly masked (layer.head): %1").arg(names.join(", "));
}

}  // namespace lottery::gui
