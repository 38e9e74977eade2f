// SPDX-License-Identifier: GPL-3.0-or-later
//
// Score over the steps of a search, or over the share that they keep: phases shaded, accepted and rejected steps told
// apart, the threshold, the step whose mask was kept, and the step that is shown.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <limits>
#include <vector>

#include "core/figures/search_figure.h"

class QCustomPlot;
class QCPGraph;
class QCPItemLine;

namespace lottery::gui {

class SearchPlot : public QWidget {
    Q_OBJECT

public:
    explicit SearchPlot(QWidget* parent = nullptr);

    // NaN threshold: no line. Over kept shares, points without one are at 100 %.
    void setPoints(std::vector<SearchPoint> points, const QString& metric, double threshold);
    void setAxis(SearchAxis axis);
    // Rings the step whose mask was kept; -1: none.
    void setKept(int index);
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
    void rebuild();
    void drawPhases(int last);
    void addLabel(const QString& text, double x, double y, bool ratioY, Qt::Alignment alignment);
    void markCurrent();
    [[nodiscard]] double placeOf(const SearchPoint& point) const;
    [[nodiscard]] double heightOf(const SearchPoint& point) const;

    QCustomPlot* plot_;
    QCPGraph *line_, *accepted_, *rejected_, *kept_, *current_;
    QCPItemLine *threshold_, *cursor_;
    std::vector<SearchPoint> points_;
    SearchAxis axis_ = SearchAxis::Steps;
    int kept_index_ = -1;
    QString metric_;
    double threshold_score_ = std::numeric_limits<double>::quiet_NaN();
    int current_index_ = -1;
};

}  // namespace lottery::gui
