// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention as lines from the tokens that attend, at the left, to those that are attended to, at the right (after
// BertViz: Vig 2019, arXiv 1906.05714). One colour per head; a line is the stronger the more weight it has, and dashed
// where it is negative. A token that the pointer is on, or that is selected, shows only its own lines, and how much
// each head gives to every token of the other side.
//
// Lines below the threshold, a share of the largest weight (with a token: of its own largest one), are left out, and
// of the others all but the strongest few thousand; the view says how many there are.
//
// Keys: up and down move the selected token, left and right change its side, Home and End go to the first and last
// token, Page Up and Page Down scroll, Escape gives up the selection.
//
// Thread rule: GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <memory>
#include <optional>

#include "widgets/attention/attention_arc_lines.h"

namespace lottery::gui {

class AttentionArcView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit AttentionArcView(QWidget* parent = nullptr);

    // Content that is not usable shows the placeholder. Place and selection stay where the tokens are the same.
    void setContent(std::shared_ptr<const ArcContent> content);
    void clear() { setContent(nullptr); }
    [[nodiscard]] const std::shared_ptr<const ArcContent>& content() const { return content_; }
    // Share of the largest weight, 0…1.
    void setThreshold(double threshold);
    [[nodiscard]] double threshold() const { return threshold_; }
    void setPlaceholder(const QString& text);

    // Without emitting tokenSelected. `row`: at the left (query). A token that the text has not selects nothing.
    void setSelectedToken(std::optional<int> token, bool row);
    [[nodiscard]] const std::optional<ArcToken>& selectedToken() const { return selected_; }

    // Of the hovered token, else of the selected one, else of all.
    [[nodiscard]] const ArcLines& lines() const { return lines_; }
    [[nodiscard]] const ArcLayout& arcLayout() const { return layout_; }
    // Token, side, and where it attends most; lines of text.
    [[nodiscard]] QString toolTipOf(const lottery::gui::ArcToken& token) const;

    [[nodiscard]] QSize sizeHint() const override { return {460, 560}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 160}; }

Q_SIGNALS:
    // −1: the pointer left the tokens.
    void tokenHovered(int token, bool row);
    // A person chose a token, by mouse or key; −1: none any more.
    void tokenSelected(int token, bool row);

protected:
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent*) override {}  // what the press was for is done
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void measure();
    void layOut();
    void chooseLines();
    void choose(std::optional<ArcToken> token);
    void setHovered(std::optional<ArcToken> token);
    void updateAccessibleText();
    [[nodiscard]] std::optional<ArcToken> focus() const { return hovered_ ? hovered_ : selected_; }
    void paintLines(QImage& image, const FigureColors& colors) const;
    void paintTokens(QPainter& painter, const FigureColors& colors) const;
    void paintMarks(QPainter& painter, const FigureColors& colors) const;
    void paintHead(QPainter& painter, const FigureColors& colors) const;

    std::shared_ptr<const ArcContent> content_;
    double threshold_ = 0.1;
    QString placeholder_;
    std::optional<ArcToken> selected_, hovered_;
    ArcLines all_, lines_;  // of all tokens, and those that are drawn
    double widest_ = 0.0;   // label, pixels
    ArcLayout layout_;
    QImage picture_;  // lines_ as they are seen now; null: not drawn yet
};

}  // namespace lottery::gui
