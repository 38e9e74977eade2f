// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/transport_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>

namespace lottery::gui {

namespace {

// Triangles and bars in the palette's colour; `direction` -1: to the left.
QIcon transportIcon(int direction, bool toTheEnd, const QPalette& palette) {
    QIcon icon;
    for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Disabled}) {
        const auto group = mode == QIcon::Normal ? QPalette::Active : QPalette::Disabled;
        for (const int size : {16, 32, 48}) {
            QPixmap pixmap(size, size);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.translate(size / 2.0, size / 2.0);
            painter.scale(direction * size / 16.0, size / 16.0);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette.color(group, QPalette::ButtonText));
            painter.drawPolygon(QPolygonF{{-3.5, -5}, {3.5, 0}, {-3.5, 5}});
            if (toTheEnd) painter.drawRect(QRectF(3.5, -5, 1.8, 10));
            icon.addPixmap(pixmap, mode);
        }
    }
    return icon;
}

}  // namespace

TransportBar::TransportBar(QWidget* parent) : QWidget(parent) {
    const auto button = [this](const QString& name, const QString& tip) {
        auto* made = new QToolButton(this);
        made->setObjectName(name);
        made->setToolTip(tip);
        made->setAccessibleName(tip);
        made->setAutoRaise(true);
        return made;
    };
    first_ = button("first", tr("First step (the full model)"));
    previous_ = button("previous", tr("Previous step"));
    next_ = button("next", tr("Next step"));
    last_ = button("last", tr("Newest step"));
    live_ = button("live", tr("Follow the newest step"));
    live_->setText(tr("Live"));
    live_->setCheckable(true);
    live_->setAutoRaise(false);
    slider_ = new QSlider(Qt::Horizontal, this);
    slider_->setObjectName("slider");
    slider_->setAccessibleName(tr("Search step"));
    slider_->setPageStep(5);
    position_ = new QLabel(this);
    position_->setObjectName("position");
    position_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(first_);
    layout->addWidget(previous_);
    layout->addWidget(slider_, 1);
    layout->addWidget(next_);
    layout->addWidget(last_);
    layout->addSpacing(8);
    layout->addWidget(position_);
    layout->addSpacing(4);
    layout->addWidget(live_);

    connect(first_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(0); });
    connect(previous_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(current_ - 1); });
    connect(next_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(current_ + 1); });
    connect(last_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(count_ - 1); });
    connect(live_, &QToolButton::clicked, this, &TransportBar::liveRequested);
    connect(slider_, &QSlider::valueChanged, this, &TransportBar::stepRequested);
    drawIcons();
    setState(0, -1, true);
}

void TransportBar::setState(int count, int current, bool live) {
    count_ = count;
    current_ = current;
    const QSignalBlocker quiet(slider_);
    slider_->setRange(0, std::max(count - 1, 0));
    slider_->setValue(std::max(current, 0));
    slider_->setEnabled(count > 1);
    first_->setEnabled(current > 0);
    previous_->setEnabled(current > 0);
    next_->setEnabled(current + 1 < count);
    last_->setEnabled(current + 1 < count);
    live_->setEnabled(count > 0);
    live_->setChecked(live);
    position_->setText(count > 0 ? tr("step %1 of %2").arg(current).arg(count - 1) : tr("no step yet"));
    // Keeps its width while the numbers grow, so that the slider does not jump.
    position_->setMinimumWidth(position_->fontMetrics().horizontalAdvance(tr("step %1 of %2").arg(888).arg(888)));
}

void TransportBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) drawIcons();
    QWidget::changeEvent(event);
}

void TransportBar::drawIcons() {
    first_->setIcon(transportIcon(-1, true, palette()));
    previous_->setIcon(transportIcon(-1, false, palette()));
    next_->setIcon(transportIcon(1, false, palette()));
    last_->setIcon(transportIcon(1, true, palette()));
}

}  // namespace lottery::gui
