// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure on the screen, drawn for the size that there is, in the colours of the window.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <functional>

#include "core/figures/figure.h"

namespace lottery::gui {

class FigureView : public QWidget {
    Q_OBJECT

public:
    // Fast enough for a window that is being resized.
    using Builder = std::function<Figure(const FigureStyle&)>;

    explicit FigureView(QWidget* parent = nullptr);

    // What a tool tip says of a point of the figure, mm; empty: nothing.
    using ToolTip = std::function<QString(Point, const FigureStyle&)>;
    void setFigure(Builder builder, ToolTip toolTip = {});
    // As it is drawn now.
    [[nodiscard]] Scene scene() const;
    // In widget coordinates.
    [[nodiscard]] QString toolTipAt(const QPointF& position) const;

    [[nodiscard]] QSize sizeHint() const override { return {460, 380}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 200}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    Builder builder_;
    ToolTip toolTip_;
};

}  // namespace lottery::gui
