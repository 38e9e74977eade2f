// SPDX-License-Identifier: GPL-3.0-or-later
//
// Thumbnails of the attention maps of all layers × heads: hover, click, keys. Layers and heads count from 1 on the
// screen. Masked heads are dimmed and crossed, heads that the model lacks are an empty outline, a layer that lacks all
// says so. Images are made once per content, colours and size; a repaint copies them.
//
// Keys: arrows move the selection, Home and End go to the first and last head of the layer, Page Up and Page Down to
// the first and last layer; Return and Space activate the head, as a double click does.
//
// Thread rule: GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/figures/attention_figure.h"
#include "core/figures/cells.h"
#include "widgets/attention/attention_grid_layout.h"
#include "widgets/attention/attention_thumbnails.h"

namespace lottery::gui {

// Below a thumbnail, e.g. the class of its pattern with its probability. As many words as fit are written, on a ground
// of the colour if there is one.
struct HeadBadge {
    std::string text;
    std::optional<Color> color;
};

class AttentionGridView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit AttentionGridView(QWidget* parent = nullptr);

    // Drops a selection outside of the new content, and badges of another number of heads.
    void setThumbnails(std::shared_ptr<const AttentionThumbnails> thumbnails);
    void clear() { setThumbnails(nullptr); }
    [[nodiscard]] const std::shared_ptr<const AttentionThumbnails>& thumbnails() const { return thumbnails_; }
    // [L·N] in C order, empty texts where there is none; an empty list: no badges.
    void setBadges(std::vector<HeadBadge> badges);
    // Of raw and norm-based maps. Differences are always drawn in the diverging map, about 0.
    void setColorMap(ColorMap map);
    [[nodiscard]] ColorMap colorMap() const;
    // One scale for all heads, that of the thumbnails, or each map up to its own largest magnitude, which shows the
    // patterns of weak heads too.
    void setRange(ThumbnailRange range);
    [[nodiscard]] ColorScale colorScale(const lottery::Component& head) const;
    // More lines for the tool tip of a head.
    void setDetails(std::function<QString(const lottery::Component&)> details);
    // What stands in the empty view.
    void setPlaceholder(const QString& text);

    // Without emitting componentSelected; scrolls to it.
    void setSelected(std::optional<lottery::Component> component);
    [[nodiscard]] const std::optional<lottery::Component>& selected() const { return selected_; }

    // In coordinates of the viewport, the badge included.
    [[nodiscard]] QRectF cellRect(const lottery::Component& component) const;
    [[nodiscard]] std::optional<lottery::Component> componentAt(const QPointF& position) const;
    [[nodiscard]] QString toolTipOf(const lottery::Component& component) const;

    [[nodiscard]] QSize sizeHint() const override { return {560, 480}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

Q_SIGNALS:
    // A person chose a head, by mouse or key.
    void componentSelected(lottery::Component component);
    void headActivated(lottery::Component component);
    // Nothing: the mouse left the heads.
    void headHovered(std::optional<lottery::Component> component);

protected:
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent*) override {}  // what the press was for is done
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void choose(const lottery::Component& component);
    void setHovered(std::optional<lottery::Component> component);
    void layOut();
    void updateAccessibleText();
    void paintCell(QPainter& painter, const lottery::Component& head, double ratio);
    void paintBands(QPainter& painter, const QRectF& seen);
    const QImage& imageOf(const lottery::Component& head, int pixels);
    [[nodiscard]] bool contains(const lottery::Component& component) const;
    [[nodiscard]] std::size_t indexOf(const lottery::Component& head) const;
    [[nodiscard]] QPointF offset() const;

    std::shared_ptr<const AttentionThumbnails> thumbnails_;
    std::vector<HeadBadge> badges_;
    ColorMap map_ = ColorMap::Viridis;
    ThumbnailRange range_ = ThumbnailRange::Shared;
    std::optional<Component> selected_, hovered_;
    std::function<QString(const lottery::Component&)> details_;
    QString placeholder_;
    GridLayout layout_;
    std::vector<QImage> images_;  // [L·N] at `imagePixels_` a side; null: not made yet
    int imagePixels_ = 0;
};

}  // namespace lottery::gui
