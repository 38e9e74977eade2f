// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loss above, dev scores below, one axis of steps. Wheel and drag zoom along the steps, a double click shows all.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <optional>
#include <span>
#include <vector>

#include "core/training/training_options.h"

class QCustomPlot;
class QCPAxisRect;
class QCPGraph;
class QCPItemLine;
class QCPLegend;

namespace lottery::gui {

class TrainingPlot : public QWidget {
    Q_OBJECT

public:
    explicit TrainingPlot(QWidget* parent = nullptr);

    // The whole run so far; `means` has one number per step. Takes over only what is new where the run has grown.
    void setData(std::span<const TrainingStep> steps, std::span<const double> means,
                 std::span<const DevEvaluation> evaluations);
    void resetZoom();
    // The step under the pointer.
    [[nodiscard]] std::optional<std::int64_t> hoveredStep() const { return hovered_; }
    // Points the loss curve holds.
    [[nodiscard]] int lossPoints() const;
    [[nodiscard]] QSize sizeHint() const override { return {560, 420}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 220}; }

Q_SIGNALS:
    // -1: the pointer has left.
    void hovered(qint64 step);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void applyTheme();
    void showMetrics(std::span<const DevEvaluation> evaluations);
    void rescale();
    void hover(std::optional<std::int64_t> step);

    QCustomPlot* plot_;
    QCPAxisRect *loss_rect_, *score_rect_;
    QCPGraph *raw_, *smooth_;
    QCPItemLine *loss_cursor_, *score_cursor_;
    QCPLegend *loss_legend_, *score_legend_;
    std::vector<std::pair<QString, QCPGraph*>> metrics_;  // name and graph
    std::optional<std::int64_t> hovered_;
    std::int64_t taken_steps_ = 0, last_taken_ = 0;  // how much of the run the graphs hold
    double first_loss_ = 0.0;
    double end_ = 1.0;  // of the axis of steps
    bool zoomed_ = false;
};

}  // namespace lottery::gui
