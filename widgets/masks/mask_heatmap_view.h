// SPDX-License-Identifier: GPL-3.0-or-later
//
// Layers × heads and the MLP column on the screen: hover, click, keys. What is drawn and where is decided by
// core/figures/heatmap.h, the same as in exported figures.
//
// Double click, Space and Return activate a component. Who edits what is shown follows pressed, draggedTo and released.
//
// Keys: arrows move the selection (right of the last head lies the MLP), Home and End go to the first head and to
// the MLP of the layer, Page Up and Page Down to the first and last layer.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <functional>
#include <optional>

#include "core/figures/heatmap.h"

namespace lottery::gui {

// "Layer 3, head 7", its value ("importance 0.42"), and whether it is kept, masked or newly masked; one line each.
QString describeComponent(const HeatmapContent& content, const HeatmapOptions& options, const Component& component);

// Where a key leads from `from` (nothing: to the first cell). Nothing when the key is not one of ours or leads
// nowhere.
std::optional<Component> neighbour(const std::optional<Component>& from, int key, int layers, int heads, bool mlps);

class MaskHeatmapView : public QWidget {
    Q_OBJECT

public:
    explicit MaskHeatmapView(QWidget* parent = nullptr);

    // `options.selected`, `hovered` and `title` are the view's own. A selection outside of the new content is
    // dropped.
    void setContent(HeatmapContent content, HeatmapOptions options);
    void clear();
    // More lines for the tool tip of a component, e.g. the step in which it was masked.
    void setDetails(std::function<QString(const lottery::Component&)> details);
    // What stands in the empty view.
    void setPlaceholder(const QString& text);

    // Without emitting componentSelected.
    void setSelected(std::optional<lottery::Component> component);
    [[nodiscard]] const std::optional<lottery::Component>& selected() const { return selected_; }
    [[nodiscard]] const HeatmapContent& content() const { return content_; }

    // In widget coordinates.
    [[nodiscard]] QRectF cellRect(const lottery::Component& component) const;
    [[nodiscard]] std::optional<lottery::Component> componentAt(const QPointF& position) const;
    // What the tool tip says of a component.
    [[nodiscard]] QString toolTipOf(const lottery::Component& component) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    // A person chose a component, by mouse or key.
    void componentSelected(lottery::Component component);
    void componentActivated(lottery::Component component);
    // The left button goes down on a component, is moved to other ones, and up again, wherever that is.
    void pressed(lottery::Component component);
    void draggedTo(lottery::Component component);
    void released();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void choose(const lottery::Component& component);
    void setHovered(std::optional<lottery::Component> component);
    void updateAccessibleText();
    [[nodiscard]] bool isEmpty() const { return content_.values.heads.values.empty(); }
    [[nodiscard]] HeatmapLayout layout() const;

    HeatmapContent content_;
    HeatmapOptions options_;
    std::optional<lottery::Component> selected_, hovered_;
    std::optional<lottery::Component> dragged_;  // the last one that the pressed button was on
    std::function<QString(const lottery::Component&)> details_;
    QString placeholder_;
};

}  // namespace lottery::gui
