// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/provenance/provenance_model.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <vector>

#include "widgets/provenance/record_value.h"

namespace lottery::gui {

// Points into the record, which stays as it is as long as the nodes.
struct ProvenanceModel::Node {
    QString name;
    QString path;
    const Json* value = nullptr;
    const Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    void add(const std::string& key, const Json& json) {
        auto child = std::make_unique<Node>();
        child->name = QString::fromStdString(key);
        child->path = path.isEmpty() ? child->name : path + QLatin1Char('/') + child->name;
        child->value = &json;
        child->parent = this;
        child->row = static_cast<int>(children.size());
        child->fill();
        children.push_back(std::move(child));
    }
    void fill() {
        const bool list = value->is_array() && std::ranges::any_of(*value, [](const Json& v) { return v.is_object(); });
        if (value->is_object())
            for (const auto& [key, json] : value->items()) add(key, json);
        if (list)
            for (std::size_t i = 0; i < value->size(); ++i) add(std::to_string(i), (*value)[i]);
    }
    bool isGroup() const { return !children.empty(); }
};

ProvenanceModel::ProvenanceModel(QObject* parent) : QAbstractItemModel(parent) { setRecord(Json::object()); }

ProvenanceModel::~ProvenanceModel() = default;

void ProvenanceModel::setRecord(Json record) {
    beginResetModel();
    root_.reset();
    record_ = std::move(record);
    root_ = std::make_unique<Node>();
    root_->value = &record_;
    if (record_.is_object()) root_->fill();
    endResetModel();
}

const ProvenanceModel::Node* ProvenanceModel::node(const QModelIndex& index) const {
    return index.isValid() ? static_cast<const Node*>(index.constInternalPointer()) : root_.get();
}

QModelIndex ProvenanceModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, node(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex ProvenanceModel::parent(const QModelIndex& index) const {
    const Node* above = index.isValid() ? node(index)->parent : nullptr;
    return above && above != root_.get() ? createIndex(above->row, 0, above) : QModelIndex();
}

int ProvenanceModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(node(parent)->children.size());
}

int ProvenanceModel::columnCount(const QModelIndex&) const { return kColumns; }

QString ProvenanceModel::toText(const QModelIndex& index) const {
    const Node* at = node(index);
    if (!at->isGroup()) return QStringLiteral("%1\t%2\n").arg(at->path, exactValue(*at->value));
    QString text;
    const QModelIndex first = index.siblingAtColumn(Name);
    for (int row = 0; row < rowCount(first); ++row) text += toText(this->index(row, Name, first));
    return text;
}

QVariant ProvenanceModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Node* at = node(index);
    const bool value = index.column() == Value;
    switch (role) {
        case Qt::DisplayRole:
            if (!value) return at->name;
            if (at->isGroup())
                return at->children.size() == 1 ? tr("1 entry") : tr("%1 entries").arg(at->children.size());
            return shownValue(at->name, *at->value);
        case Qt::ToolTipRole: {
            if (!value) return at->path;
            const QString hint = at->isGroup() ? QString() : valueHint(at->name, *at->value);
            return hint.isEmpty() && !at->isGroup() ? exactValue(*at->value) : hint;
        }
        case Qt::FontRole:
            if (value && isChecksum(*at->value)) return QFontDatabase::systemFont(QFontDatabase::FixedFont);
            if (!value && at->isGroup()) {
                QFont bold;
                bold.setBold(true);
                return bold;
            }
            return {};
        case Qt::ForegroundRole:
            // What is not of the record itself.
            if (value && (at->isGroup() || at->value->is_null())) return QGuiApplication::palette().placeholderText();
            return {};
        case PathRole:
            return at->path;
        case ExactRole:
            return exactValue(*at->value);
        case FilterRole:
            if (at->isGroup()) return at->path;
            return QStringLiteral("%1\n%2\n%3").arg(at->path, exactValue(*at->value), shownValue(at->name, *at->value));
        case GroupRole:
            return at->isGroup();
        default:
            return {};
    }
}

QVariant ProvenanceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Name ? tr("Name") : tr("Value");
}

}  // namespace lottery::gui
