// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_arc_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"
#include "widgets/attention/attention_map_content.h"
#include "widgets/attention/attention_painting.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

// More lines are neither legible nor fluid.
constexpr std::size_t kMostLines = 3000;
constexpr double kMark = 6.0;  // pixels a head takes beside a token

QString textOf(const ArcContent& content, int token) {
    return QString::fromStdString(content.tokens.texts[static_cast<std::size_t>(token)]);
}

}  // namespace

AttentionArcView::AttentionArcView(QWidget* parent) : QAbstractScrollArea(parent) {
    prepareView(*this);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Attention as lines between tokens"));
    setPlaceholder(tr("No attention lines yet."));
}

void AttentionArcView::setContent(std::shared_ptr<const ArcContent> content) {
    if (content && !content->isUsable()) content.reset();
    const bool sameTokens = content && content_ && content->tokens == content_->tokens;
    content_ = std::move(content);
    if (!sameTokens) {
        setHovered(std::nullopt);
        if (!content_ || (selected_ && selected_->token >= content_->tokens.size())) selected_.reset();
        verticalScrollBar()->setValue(0);
    }
    all_ = content_ ? strongestLines(*content_, threshold_, kMostLines) : ArcLines{};
    measure();
    chooseLines();
    layOut();
    updateAccessibleText();
}

void AttentionArcView::setThreshold(double threshold) {
    threshold = std::isfinite(threshold) ? std::clamp(threshold, 0.0, 1.0) : threshold_;
    if (threshold == threshold_) return;
    threshold_ = threshold;
    if (content_) all_ = strongestLines(*content_, threshold_, kMostLines);
    chooseLines();
}

void AttentionArcView::setPlaceholder(const QString& text) {
    placeholder_ = text;
    updateAccessibleText();
    viewport()->update();
}

void AttentionArcView::setSelectedToken(std::optional<int> token, bool row) {
    if (!content_ || token < 0 || token >= content_->tokens.size()) token.reset();
    const auto selected = token ? std::optional(ArcToken{*token, row}) : std::nullopt;
    if (selected == selected_) return;
    selected_ = selected;
    if (selected_) {
        const double top = selected_->token * layout_.row, low = top + layout_.row - layout_.queries.height();
        QScrollBar* bar = verticalScrollBar();
        bar->setValue(static_cast<int>(std::round(std::clamp<double>(bar->value(), std::min(low, top), top))));
    }
    chooseLines();
    updateAccessibleText();
}

void AttentionArcView::choose(std::optional<ArcToken> token) {
    const auto before = selected_;
    setSelectedToken(token ? std::optional(token->token) : std::nullopt, token && token->row);
    if (before == selected_) return;
    const ArcToken now = selected_.value_or(ArcToken{-1, before && before->row});
    Q_EMIT tokenSelected(now.token, now.row);
}

void AttentionArcView::setHovered(std::optional<ArcToken> token) {
    if (token == hovered_) return;
    const ArcToken told = token.value_or(ArcToken{-1, hovered_ && hovered_->row});
    hovered_ = token;
    chooseLines();
    Q_EMIT tokenHovered(told.token, told.row);
}

void AttentionArcView::chooseLines() {
    const auto token = focus();
    lines_ = !content_ ? ArcLines{} : token ? linesOf(*content_, *token, threshold_) : all_;
    picture_ = {};
    viewport()->update();
}

void AttentionArcView::measure() {
    const QFontMetricsF metrics(font());
    widest_ = 0.0;
    if (!content_) return;
    for (const std::string& text : content_->tokens.texts)
        widest_ = std::max(widest_, metrics.horizontalAdvance(QString::fromStdString(text)));
    widest_ += 14.0;
}

void AttentionArcView::layOut() {
    const QFontMetricsF metrics(font()), small(smallFont(font()));
    const QSizeF page = viewport()->size();
    double head = 0.0;
    if (content_) {
        std::vector<double> widths;
        for (const ArcHead& h : content_->heads)
            widths.push_back(small.horizontalAdvance(QString::fromStdString(h.name)) + 14.0);
        head = (flowPlaces(widths, page.width() - 16.0, 12.0).back().line + 2) * (small.height() + 2) + 6;
    }
    const double marks = content_ ? static_cast<double>(content_->heads.size()) * kMark + 4.0 : 0.0;
    layout_ = layoutArcs(content_ ? content_->tokens.size() : 0, page, head, metrics.height() + 1, widest_, marks,
                         verticalScrollBar()->value());
    QScrollBar* bar = verticalScrollBar();
    bar->setPageStep(static_cast<int>(layout_.queries.height()));
    bar->setSingleStep(static_cast<int>(layout_.row) * 3);
    bar->setRange(0, static_cast<int>(std::ceil(std::max(layout_.content() - layout_.queries.height(), 0.0))));
    picture_ = {};
    viewport()->update();
}

QString AttentionArcView::toolTipOf(const ArcToken& token) const {
    if (!content_) return {};
    QStringList text{tr("“%1” (token %2), %3")
                         .arg(textOf(*content_, token.token))
                         .arg(token.token + 1)
                         .arg(token.row ? tr("attends most to") : tr("is attended to most by"))};
    const ArcLines own = linesOf(*content_, token, 0.0);
    constexpr std::ptrdiff_t most = 5;
    const auto from = own.lines.end() - std::min<std::ptrdiff_t>(most, std::ssize(own.lines));
    for (auto line = own.lines.end(); line != from;) {
        --line;
        text << tr("%1: “%2” %3")
                    .arg(QString::fromStdString(content_->heads[static_cast<std::size_t>(line->head)].name),
                         textOf(*content_, token.row ? line->key : line->query),
                         QString::fromStdString(number_text(static_cast<double>(line->weight), 3)));
    }
    if (own.lines.empty()) text << tr("nothing");
    return text.join('\n');
}

void AttentionArcView::updateAccessibleText() {
    QString text = placeholder_;
    if (content_) {
        text = tr("%1 tokens, %2 heads.").arg(content_->tokens.size()).arg(content_->heads.size());
        if (selected_) text += " " + tr("Selected: %1.").arg(toolTipOf(*selected_).replace('\n', ", "));
    }
    describeView(*this, text);
}

bool AttentionArcView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto token = layout_.at(help->pos());
        if (token)
            QToolTip::showText(help->globalPos(), toolTipOf(*token), this, layout_.label(*token).toAlignedRect());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Leave) setHovered(std::nullopt);
    return QAbstractScrollArea::viewportEvent(event);
}

void AttentionArcView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        measure();
        layOut();
    }
    QAbstractScrollArea::changeEvent(event);
}

void AttentionArcView::resizeEvent(QResizeEvent* event) {
    layOut();
    QAbstractScrollArea::resizeEvent(event);
}

void AttentionArcView::scrollContentsBy(int, int) { layOut(); }

void AttentionArcView::mousePressEvent(QMouseEvent* event) {
    const auto token = event->button() == Qt::LeftButton ? layout_.at(event->position()) : std::nullopt;
    if (token) choose(token == selected_ ? std::nullopt : token);
}

void AttentionArcView::mouseMoveEvent(QMouseEvent* event) { setHovered(layout_.at(event->position())); }

void AttentionArcView::keyPressEvent(QKeyEvent* event) {
    const int last = content_ ? content_->tokens.size() - 1 : -1;
    const ArcToken at = selected_.value_or(ArcToken{0, true});
    const auto go = [&](int token, bool row) {
        choose(selected_ ? ArcToken{std::clamp(token, 0, last), row} : ArcToken{0, true});
    };
    switch (last < 0 ? 0 : event->key()) {
        case Qt::Key_Up:
            return go(at.token - 1, at.row);
        case Qt::Key_Down:
            return go(at.token + 1, at.row);
        case Qt::Key_Home:
            return go(0, at.row);
        case Qt::Key_End:
            return go(last, at.row);
        case Qt::Key_Left:
            return go(at.token, true);
        case Qt::Key_Right:
            return go(at.token, false);
        case Qt::Key_PageUp:
            return verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub);
        case Qt::Key_PageDown:
            return verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd);
        case Qt::Key_Escape:
            if (selected_) return choose(std::nullopt);
            break;
        default:
            break;
    }
    event->ignore();
}

void AttentionArcView::focusInEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusInEvent(event);
}

void AttentionArcView::focusOutEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusOutEvent(event);
}

}  // namespace lottery::gui
