// SPDX-License-Identifier: GPL-3.0-or-later
//
// Score over the steps of a mask search: phases shaded, accepted and rejected steps told apart, the threshold, and
// the step that is shown.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <limits>
#include <span>
#include <vector>

#include "core/pruning/mask_search_options.h"

class QCustomPlot;
class QCPGraph;
class QCPItemLine;

namespace lottery::gui {

class SearchPlot : public QWidget {
    Q_OBJECT

public:
    explicit SearchPlot(QWidget* parent = nullptr);

    // What the plot shows of the steps; NaN threshold: no line.
    void setSteps(std::span<const MaskSearchStep> steps, const QString& metric, double threshold);
    // Marks a step; -1: none.
    void setCurrent(int index);

    // The step nearest to a position on the plot; -1 outside of the data or without steps.
    [[nodiscard]] int stepAt(const QPointF& position) const;
    // Where a step's point lies, in coordinates of this widget.
    [[nodiscard]] QPointF pointOf(int index) const;
    [[nodiscard]] QSize sizeHint() const override { return {460, 380}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 180}; }

Q_SIGNALS:
    void stepClicked(int index);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct StepPoint {
        int index = 0;
        double score = std::numeric_limits<double>::quiet_NaN();
        bool accepted = false;
        QString phase;
    };
    void rebuild();
    void markCurrent();
    [[nodiscard]] double heightOf(const StepPoint& point) const;

    QCustomPlot* plot_;
    QCPGraph *line_, *accepted_, *rejected_, *current_;
    QCPItemLine *threshold_, *cursor_;
    std::vector<StepPoint> points_;
    QString metric_;
    double threshold_score_ = std::numeric_limits<double>::quiet_NaN();
    int current_index_ = -1;
};

}  // namespace lottery::gui
