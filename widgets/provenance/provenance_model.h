// SPDX-License-Identifier: GPL-3.0-or-later
//
// A record (run.json) as a tree of names and values: objects, and lists that hold objects, are groups; everything else
// is a leaf.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractItemModel>
#include <memory>

#include "core/base/json.h"

namespace lottery::gui {

class ProvenanceModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Value, kColumns };
    enum Role {
        PathRole = Qt::UserRole + 1,  // "inputs/options/epochs"
        ExactRole,                    // the value as the file has it
        FilterRole,                   // all that a person may look for
        GroupRole,                    // bool: has rows below it
    };

    explicit ProvenanceModel(QObject* parent = nullptr);
    ~ProvenanceModel() override;

    // An object; of other values nothing is shown.
    void setRecord(Json record);
    const Json& record() const { return record_; }

    // "path<tab>value" for a leaf, a line for each leaf below a group.
    QString toText(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;

    const Node* node(const QModelIndex& index) const;

    Json record_;
    std::unique_ptr<Node> root_;
};

}  // namespace lottery::gui
