// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tables of an analysis below each other, to read and to copy as text, Markdown, LaTeX, CSV or JSON.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>

#include "core/study/study_tables.h"

class QToolButton;
class QVBoxLayout;

namespace lottery::gui {

class TablesView : public QWidget {
    Q_OBJECT

public:
    explicit TablesView(QWidget* parent = nullptr);

    void setTables(const StudyTables& tables);
    [[nodiscard]] const StudyTables& tables() const { return tables_; }
    QToolButton* copyButton() const { return copy_; }

private:
    StudyTables tables_;
    QToolButton* copy_;
    QVBoxLayout* rows_;
};

}  // namespace lottery::gui
