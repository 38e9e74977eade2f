// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/warning_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

#include "resources/themed_icon.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

WarningLabel::WarningLabel(QWidget* parent) : QWidget(parent), sign_(new QLabel(this)), text_(new QLabel(this)) {
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(sign_, 0, Qt::AlignTop);
    layout->addWidget(text_, 1);
    drawSign();
    hide();
}

void WarningLabel::setText(const QString& text) {
    text_->setText(text);
    setAccessibleName(text);
    setVisible(!text.isEmpty());
}

QString WarningLabel::text() const { return text_->text(); }

void WarningLabel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) drawSign();
    QWidget::changeEvent(event);
}

void WarningLabel::drawSign() {
    const int side = fontMetrics().height();
    sign_->setPixmap(themedIcon(QStringLiteral("warning"), toQColor(figureColors(palette()).warning))
                         .pixmap(QSize(side, side), devicePixelRatioF()));
}

}  // namespace lottery::gui
