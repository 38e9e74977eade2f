// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far somebody else's labels of the same maps agree: Cohen's κ in a sentence, and the table of both labels.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "widgets/attention/labelling_session.h"

class QLabel;
class QTableWidget;

namespace lottery::gui {

class LabellingAgreement : public QWidget {
    Q_OBJECT

public:
    explicit LabellingAgreement(QWidget* parent = nullptr);

    // Nothing: shows nothing. `file` names the other labels.
    void setComparison(const std::optional<LabelComparison>& comparison, const QString& file);

    QLabel* text() const { return text_; }
    // Labels of this session in rows, the others' in columns.
    QTableWidget* table() const { return table_; }

private:
    QLabel* text_;
    QTableWidget* table_;
};

}  // namespace lottery::gui
