// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bars on the screen: hover, click, keys. What is drawn and where is decided by core/figures/bar_figure.h, the same as
// in exported figures; only the number of panels in a row is chosen by the room there is.
//
// Keys: left and right go from bar to bar, Home and End to the first and last, Return activates.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

#include "core/figures/bar_figure.h"
#include "widgets/figures/screen_style.h"

namespace lottery::gui {

struct BarId {
    int group = 0, series = 0;
    bool operator==(const BarId&) const = default;
};

// "MRPC, good, pruned", then "accuracy 0.812 ± 0.010 (standard deviation over 5 seeds)"; lines of text.
QString describeBar(const BarContent& content, const BarId& bar);

// Panels in a row with which `panels` of them come closest to six by five in `width` × `height` pixels.
int fittingColumns(int panels, double width, double height);

class BarChartView : public QWidget {
    Q_OBJECT

public:
    explicit BarChartView(QWidget* parent = nullptr);

    // The title is not drawn. A selection that is not there any more is dropped.
    void setContent(BarContent content);
    // What stands in the empty view.
    void setPlaceholder(const QString& text);
    // More lines for the tool tip of a bar.
    void setDetails(std::function<QString(const lottery::gui::BarId&)> details);

    // Without emitting barSelected.
    void setSelected(std::optional<lottery::gui::BarId> bar);
    [[nodiscard]] const std::optional<BarId>& selected() const { return selected_; }
    // As drawn: without title, with so many panels in a row as fit.
    [[nodiscard]] BarContent content() const;

    // In widget coordinates. A bar is meant anywhere above or below it in its column.
    [[nodiscard]] QRectF barRect(const BarId& bar) const;
    [[nodiscard]] std::optional<BarId> barAt(const QPointF& position) const;
    [[nodiscard]] QString toolTipOf(const BarId& bar) const;

    [[nodiscard]] QSize sizeHint() const override { return {460, 380}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 200}; }

Q_SIGNALS:
    // A person chose a bar, by mouse or key.
    void barSelected(lottery::gui::BarId bar);
    // By double click or Return.
    void barActivated(lottery::gui::BarId bar);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void choose(const BarId& bar);
    void setHovered(std::optional<BarId> bar);
    void updateAccessibleText();
    [[nodiscard]] std::vector<BarPlace> places() const { return bar_places(content(), screenStyle(*this)); }
    [[nodiscard]] QRectF toPixels(const Box& box) const;

    BarContent content_;
    std::optional<BarId> selected_, hovered_;
    std::function<QString(const BarId&)> details_;
    QString placeholder_;
};

}  // namespace lottery::gui
