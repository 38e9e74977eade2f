// SPDX-License-Identifier: GPL-3.0-or-later
//
// One large attention map with tokens on both axes. The map is an image of one pixel per cell, of which the visible
// part is drawn enlarged and unsmoothed; where cells are smaller than pixels, the strongest of each block is shown.
//
// Mouse: the wheel zooms about the pointer, dragging pans, a click on a label selects its token (a second one gives it
// up). Keys: + and − zoom, 0 fits, arrows pan, Shift and an arrow moves the selected token of a side, Ctrl and an arrow
// the crosshair; Escape gives up the selection.
//
// Thread rule: GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <QPoint>
#include <memory>
#include <optional>

#include "core/figures/cells.h"
#include "widgets/attention/attention_map_content.h"
#include "widgets/attention/attention_map_layout.h"

namespace lottery::gui {

class AttentionMapView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit AttentionMapView(QWidget* parent = nullptr);

    // Content that is not usable shows the placeholder. Zoom, place and selection stay from one map to the next of the
    // same size.
    void setContent(std::shared_ptr<const MapContent> content);
    void clear() { setContent(nullptr); }
    [[nodiscard]] const std::shared_ptr<const MapContent>& content() const { return content_; }
    // Of values that are not signed; differences are always drawn in the diverging map.
    void setColorMap(ColorMap map);
    // What the colours mean now.
    [[nodiscard]] ColorScale colorScale() const;
    void setSumsShown(bool shown);
    void setPlaceholder(const QString& text);

    // Without emitting tokenSelected. `row`: as a row (query), else as a column (key). A place outside of the map or on
    // a side without tokens selects nothing.
    void setSelectedToken(std::optional<int> token, bool row);
    [[nodiscard]] std::optional<int> selectedToken(bool row) const { return row ? selectedRow_ : selectedColumn_; }

    // 1: the whole map.
    [[nodiscard]] double zoom() const { return zoom_; }
    void zoomTo(double zoom);
    void zoomIn() { zoomTo(zoom_ * 1.25); }
    void zoomOut() { zoomTo(zoom_ / 1.25); }
    void fit() { zoomTo(1.0); }

    // In coordinates of the viewport.
    [[nodiscard]] const MapLayout& mapLayout() const { return layout_; }
    [[nodiscard]] std::optional<MapCell> hoveredCell() const { return hovered_; }
    // Of a cell, a label or a sum; empty elsewhere.
    [[nodiscard]] QString toolTipAt(const QPointF& position) const;

    [[nodiscard]] QSize sizeHint() const override { return {640, 600}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 180}; }

Q_SIGNALS:
    // Row and column −1 and NaN: the pointer left the cells.
    void hovered(int row, int column, double value);
    // A person chose a token, by mouse or key; −1: none any more.
    void tokenSelected(int token, bool row);

protected:
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    // What the content and the type size decide.
    void measure();
    void layOut();
    void zoomAbout(double zoom, const QPointF& point);
    void setHovered(std::optional<MapCell> cell);
    void choose(int token, bool row);
    void moveSelection(int key);
    void moveCrosshair(int key);
    void pan(int key);
    // Scrolls as little as shows the rows and columns.
    void bringIntoView(std::optional<int> row, std::optional<int> column);
    void updateAccessibleText();
    [[nodiscard]] double valueAt(const MapCell& cell) const;
    [[nodiscard]] QString cellText(const MapCell& cell) const;
    [[nodiscard]] QString labelText(int place, bool row) const;

    // attention_map_paint.cpp
    const QImage& imageFor(double ratio);
    void paintCells(QPainter& painter);
    void paintNumbers(QPainter& painter, const FigureColors& colors);
    void paintMarks(QPainter& painter, const FigureColors& colors);
    void paintLabels(QPainter& painter, const FigureColors& colors, bool rows);
    void paintSums(QPainter& painter, const FigureColors& colors, bool rows);
    void paintLegend(QPainter& painter, const FigureColors& colors);

    std::shared_ptr<const MapContent> content_;
    ColorMap map_ = ColorMap::Viridis;
    bool sumsShown_ = true;
    QString placeholder_;
    std::optional<int> selectedRow_, selectedColumn_;
    std::optional<MapCell> hovered_;
    double zoom_ = 1.0;
    std::optional<QPoint> dragged_;  // where the pointer was, while the map is dragged

    MapSums sums_;
    std::pair<double, double> range_{0.0, 1.0}, extent_{0.0, 1.0};  // of the colours and of the finite values
    MapBands bands_;
    double widestRow_ = 0.0, widestColumn_ = 0.0;  // labels, pixels
    MapLayout layout_;
    QImage image_;  // null: not made yet
};

}  // namespace lottery::gui
