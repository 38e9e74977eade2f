// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names and values of something that needs no picture: what a short run reports, or the record of a run.
//
// Thread rule: GUI thread only.
#pragma once

#include <QString>
#include <QWidget>

#include "widgets/runs/facts.h"

class QLabel;
class QTableWidget;

namespace lottery::gui {

class FactsView : public QWidget {
    Q_OBJECT

public:
    explicit FactsView(QWidget* parent = nullptr);

    // A line above the table.
    void setTitle(const QString& title);
    void setFacts(const Facts& facts);
    const Facts& facts() const { return facts_; }
    // Tab-separated, for spreadsheets and mails.
    QString toText() const;

private:
    Facts facts_;
    QLabel* title_;
    QTableWidget* table_;
};

}  // namespace lottery::gui
