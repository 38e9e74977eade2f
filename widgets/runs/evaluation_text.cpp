// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/evaluation_text.h"

#include <QObject>
#include <QStringList>
#include <cmath>

#include "core/analysis/results.h"
#include "core/data/task.h"

namespace lottery::gui {

namespace {

QString percent(double share) { return QObject::tr("%1 %").arg(100.0 * share, 0, 'f', 1); }
QString milliseconds(double value) { return QString::number(value, 'f', value < 10.0 ? 2 : 1); }

// "Layer 3 has", "Layers 3 and 7 have", "Layers 1, 3 and 7 have".
QString layersHave(const std::vector<int>& layers) {
    QStringList numbers;
    for (const int layer : layers) numbers << QString::number(layer + 1);
    if (numbers.size() == 1) return QObject::tr("Layer %1 has").arg(numbers.front());
    const QString last = numbers.takeLast();
    return QObject::tr("Layers %1 and %2 have").arg(numbers.join(", "), last);
}

bool sameScores(const EvaluateReport& report) {
    const auto removed = report.by_removal.find(Removal::Physical), masked = report.by_removal.find(Removal::Multiply);
    if (removed == report.by_removal.end() || masked == report.by_removal.end()) return true;
    for (const auto& [name, value] : removed->second) {
        const auto other = masked->second.find(name);
        if (other == masked->second.end()) return false;
        if (value != other->second && !(std::isnan(value) && std::isnan(other->second))) return false;
    }
    return true;
}

}  // namespace

QString removalText(const EvaluateReport& report) {
    if (!report.masked) return {};
    const auto& heads = report.layers_left_without_heads;
    const auto& neurons = report.layers_left_without_neurons;
    if (heads.empty() && neurons.empty()) {
        return QObject::tr(
            "Removed and masked to 0 are one computation here: they differ only where a layer loses its last head or "
            "its last neurons.");
    }
    QStringList sentences;
    if (!heads.empty()) {
        sentences << QObject::tr(
                         "%1 no head left: masking to 0 keeps the bias of the attention's output projection there, "
                         "removal drops it with the projection.")
                         .arg(layersHave(heads));
    }
    if (!neurons.empty()) {
        sentences << QObject::tr(
                         "%1 no neuron left: masking to 0 keeps the bias of the MLP's output there, removal drops it "
                         "with the MLP.")
                         .arg(layersHave(neurons));
    }
    sentences << (sameScores(report) ? QObject::tr("On these examples that changes no score.")
                                     : QObject::tr("That is why the scores differ."));
    return sentences.join(' ');
}

QString speedText(const MeasuredSpeed& speed, bool masked) {
    if (!masked || !(speed.removed_ms > 0.0)) return QObject::tr("%1 ms per example").arg(milliseconds(speed.whole_ms));
    const double factor = speed.whole_ms / speed.removed_ms;
    return QObject::tr("%1 ms per example instead of %2: %3 times as fast")
        .arg(milliseconds(speed.removed_ms), milliseconds(speed.whole_ms), QString::number(factor, 'f', 2));
}

QString gainText(const MeasuredSpeed& speed, const EvaluateReport& report) {
    if (!report.masked || !(speed.whole_ms > 0.0) || !(report.multiply_adds_full > 0.0)) return {};
    const double time = 1.0 - speed.removed_ms / speed.whole_ms;
    const double work = 1.0 - report.multiply_adds / report.multiply_adds_full;
    const QString saved =
        time < 0.0 ? QObject::tr("%1 more time").arg(percent(-time)) : QObject::tr("%1 less time").arg(percent(time));
    return QObject::tr("%1 for %2 fewer multiply-adds").arg(saved, percent(work));
}

QString degenerateText(const EvaluateReport& report) {
    if (const std::string name = degenerate_class(report.predicted_share); !name.empty()) {
        return QObject::tr(
                   "The model gives “%1” to %2 of the examples. It has learned nothing, or the mask has taken it: no "
                   "score of it means anything.")
            .arg(QString::fromStdString(name), percent(report.predicted_share.at(name)));
    }
    const std::string metric(table_metric(task_info(report.task)));
    const auto score = report.metrics.find(metric), baseline = report.majority_baseline.find(metric);
    if (score == report.metrics.end() || baseline == report.majority_baseline.end() || std::isnan(score->second) ||
        score->second > baseline->second)
        return {};
    return QObject::tr("The model is no better than always predicting the most frequent class.");
}

}  // namespace lottery::gui
