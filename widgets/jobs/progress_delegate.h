// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints a job's progress cell: a thin bar with the stage and the count above it. An unknown total is a dashed
// bar, not a guess.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStyledItemDelegate>

namespace lottery::gui {

class ProgressDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit ProgressDelegate(QObject* parent = nullptr) : QStyledItemDelegate(parent) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace lottery::gui
