// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/tool_pane.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <QWidget>

namespace lottery::gui {

QWidget* toolPane(std::initializer_list<QWidget*> left, std::initializer_list<QWidget*> right, QWidget* content,
                  QWidget* parent) {
    auto* pane = new QWidget(parent);
    auto* row = new QHBoxLayout;
    for (QWidget* tool : left) row->addWidget(tool);
    row->addStretch(1);
    for (QWidget* tool : right) row->addWidget(tool);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(row);
    layout->addWidget(content, 1);
    return pane;
}

void makeBold(QWidget* widget) {
    QFont bold = widget->parentWidget()->font();
    bold.setBold(true);
    widget->setFont(bold);
}

}  // namespace lottery::gui
