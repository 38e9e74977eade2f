// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a run was made from and with: its record (run.json) as a tree that can be searched and copied, with what one
// does with a record. A record that is missing or damaged is said so, with the way out.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>

#include "core/base/json.h"
#include "core/base/result.h"
#include "widgets/provenance/provenance_model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QTreeView;

namespace lottery::gui {

class ProvenanceView : public QWidget {
    Q_OBJECT

public:
    explicit ProvenanceView(QWidget* parent = nullptr);

    // `file`: of the record. An error, and a record that is no object, are shown in place of the tree.
    void setRecord(const QString& file, const Result<Json>& record);

    const ProvenanceModel* model() const { return model_; }
    QTreeView* tree() const { return tree_; }
    // The value at a path ("inputs/seed") as the file has it; empty where there is none.
    QString value(const QString& path) const;
    // What is said in place of the tree; empty while the tree is shown.
    QString message() const;
    // Selected rows, tab-separated, values as the file has them.
    QString selectedText() const;

Q_SIGNALS:
    void compareRequested();
    void runAgainRequested();

private:
    void applyFilter();
    void expandGroups();
    void showMenu(const QPoint& position);
    void copyJson() const;

    ProvenanceModel* model_;
    QSortFilterProxyModel* filter_;
    QLabel* title_;
    QLineEdit* search_;
    QPushButton* copy_;
    QPushButton* compare_;
    QPushButton* again_;
    QStackedWidget* pages_;
    QTreeView* tree_;
    QLabel* message_;
    bool readable_ = false;
};

}  // namespace lottery::gui
