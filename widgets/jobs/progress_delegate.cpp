// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/progress_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "widgets/jobs/job_record.h"
#include "widgets/jobs/jobs_model.h"

namespace lottery::gui {

namespace {

constexpr int kBarHeight = 5;
constexpr int kMargin = 6;

QColor barColour(JobState state, const QPalette& palette) {
    switch (state) {
        case JobState::Done:
            return QColor(0x3A, 0x9A, 0x5B);
        case JobState::Failed:
            return QColor(0xD6, 0x3A, 0x3A);
        case JobState::Cancelled:
        case JobState::Cancelling:
        case JobState::Pausing:
        case JobState::Paused:
            return palette.color(QPalette::Disabled, QPalette::Text);
        default:
            return palette.color(QPalette::Highlight);
    }
}

}  // namespace

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    background.icon = {};
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

    const auto state = static_cast<JobState>(index.data(JobsModel::StateRole).toInt());
    if (state == JobState::Queued) return;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRect area = option.rect.adjusted(kMargin, 2, -kMargin, -4);
    const QRect bar(area.left(), area.bottom() - kBarHeight + 1, area.width(), kBarHeight);
    const QRect label(area.left(), area.top(), area.width(), bar.top() - area.top() - 1);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor textColour = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    painter->setPen(textColour);
    painter->setFont(option.font);
    const QString text =
        option.fontMetrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, label.width());
    painter->drawText(label, Qt::AlignLeft | Qt::AlignVCenter, text);

    QColor track = textColour;
    track.setAlphaF(0.18F);
    const double share = index.data(JobsModel::ShareRole).toDouble();
    painter->setPen(Qt::NoPen);
    painter->setBrush(share < 0.0 ? QBrush(track, Qt::BDiagPattern) : QBrush(track));
    painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
    if (share > 0.0) {
        QRectF filled = bar;
        filled.setWidth(std::max(filled.width() * share, static_cast<double>(kBarHeight)));
        painter->setBrush(selected ? textColour : barColour(state, option.palette));
        painter->drawRoundedRect(filled, kBarHeight / 2.0, kBarHeight / 2.0);
    }
    painter->restore();
}

QSize ProgressDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {240, option.fontMetrics.height() + kBarHeight + 9};
}

}  // namespace lottery::gui
