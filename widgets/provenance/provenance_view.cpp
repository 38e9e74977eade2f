// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/provenance/provenance_view.h"

#include <QAction>
#include <QClipboard>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

QPushButton* makeButton(const char* name, const char* icon, const QString& text, const QString& hint) {
    auto* button = new QPushButton(themedIcon(QLatin1String(icon)), text);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(hint);
    return button;
}

QString messageHtml(const Error& error) {
    const auto html = [](const std::string& text) { return QString::fromStdString(text).toHtmlEscaped(); };
    return QStringLiteral("<p><b>%1</b><br>%2</p><p>%3</p>")
        .arg(html(error.place), html(error.message), html(error.advice));
}

// Long lists of sums are looked at one by one, if at all.
bool isOfSums(const QModelIndex& index) {
    return index.data(ProvenanceModel::PathRole).toString().endsWith(QLatin1String("_sha256"));
}

}  // namespace

ProvenanceView::ProvenanceView(QWidget* parent) : QWidget(parent) {
    model_ = new ProvenanceModel(this);
    filter_ = new QSortFilterProxyModel(this);
    filter_->setSourceModel(model_);
    filter_->setRecursiveFilteringEnabled(true);
    filter_->setFilterRole(ProvenanceModel::FilterRole);
    filter_->setFilterCaseSensitivity(Qt::CaseInsensitive);

    title_ = new QLabel;
    title_->setObjectName(QStringLiteral("recordFile"));
    title_->setForegroundRole(QPalette::PlaceholderText);
    title_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    copy_ = makeButton("copyRecord", "copy", tr("Copy as JSON"), tr("Copy the whole record as it is in the file"));
    compare_ = makeButton("compareRecord", "record", tr("Compare with another run…"),
                          tr("Show how this record differs from that of another run"));
    again_ = makeButton("recordRunAgain", "retry", tr("Run again…"),
                        tr("Open a new run with this record's inputs and options"));
    search_ = new QLineEdit;
    search_->setObjectName(QStringLiteral("recordFilter"));
    search_->setPlaceholderText(tr("Filter by name or value"));
    search_->setAccessibleName(tr("Filter"));
    search_->setClearButtonEnabled(true);

    tree_ = new QTreeView;
    tree_->setObjectName(QStringLiteral("record"));
    tree_->setAccessibleName(tr("Record of the run"));
    tree_->setModel(filter_);
    tree_->setUniformRowHeights(true);
    tree_->setAlternatingRowColors(true);
    tree_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    tree_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setTextElideMode(Qt::ElideMiddle);
    tree_->header()->setStretchLastSection(true);
    tree_->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* copyRows = new QAction(themedIcon(QStringLiteral("copy")), tr("Copy selected rows"), tree_);
    copyRows->setShortcut(QKeySequence::Copy);
    copyRows->setShortcutContext(Qt::WidgetShortcut);
    tree_->addAction(copyRows);

    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("recordMessage"));
    message_->setTextFormat(Qt::RichText);
    message_->setWordWrap(true);
    message_->setAlignment(Qt::AlignCenter);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    message_->setMargin(24);
    pages_ = new QStackedWidget;
    pages_->addWidget(tree_);
    pages_->addWidget(message_);

    auto* top = new QHBoxLayout;
    top->addWidget(title_, 1);
    for (QPushButton* button : {again_, compare_, copy_}) top->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->addLayout(top);
    layout->addWidget(search_);
    layout->addWidget(pages_, 1);

    connect(copyRows, &QAction::triggered, this, [this] {
        if (const QString text = selectedText(); !text.isEmpty()) QGuiApplication::clipboard()->setText(text);
    });
    connect(copy_, &QPushButton::clicked, this, &ProvenanceView::copyJson);
    connect(compare_, &QPushButton::clicked, this, &ProvenanceView::compareRequested);
    connect(again_, &QPushButton::clicked, this, &ProvenanceView::runAgainRequested);
    connect(search_, &QLineEdit::textChanged, this, &ProvenanceView::applyFilter);
    connect(tree_, &QWidget::customContextMenuRequested, this, &ProvenanceView::showMenu);
}

void ProvenanceView::setRecord(const QString& file, const Result<Json>& record) {
    title_->setText(file);
    title_->setToolTip(file);
    readable_ = record && record->is_object();
    model_->setRecord(readable_ ? *record : Json::object());
    for (QPushButton* button : {copy_, compare_, again_}) button->setEnabled(readable_);
    search_->setVisible(readable_);
    if (!readable_) {
        const Error error = record ? Error{"a JSON object was expected, found " + std::string(record->type_name()),
                                           file.toStdString(), "It is not the record of a run; do the run again"}
                                   : record.error();
        message_->setText(messageHtml(error));
        pages_->setCurrentWidget(message_);
        return;
    }
    applyFilter();
    int width = 0;
    tree_->expandAll();
    tree_->resizeColumnToContents(ProvenanceModel::Name);
    width = std::min(tree_->columnWidth(ProvenanceModel::Name), fontMetrics().averageCharWidth() * 60);
    tree_->setColumnWidth(ProvenanceModel::Name, width + 16);
    expandGroups();
}

void ProvenanceView::expandGroups() {
    tree_->expandAll();
    if (!search_->text().isEmpty()) return;
    const QModelIndexList groups = filter_->match(filter_->index(0, 0), ProvenanceModel::GroupRole, true, -1,
                                                  Qt::MatchExactly | Qt::MatchRecursive);
    for (const QModelIndex& group : groups)
        if (isOfSums(group)) tree_->collapse(group);
}

void ProvenanceView::applyFilter() {
    filter_->setFilterFixedString(search_->text());
    if (!readable_) return;
    const bool nothing = filter_->rowCount() == 0;
    message_->setText(search_->text().isEmpty()
                          ? tr("The record is empty.")
                          : tr("No name and no value contains “%1”.").arg(search_->text().toHtmlEscaped()));
    pages_->setCurrentIndex(nothing ? 1 : 0);
    expandGroups();
}

QString ProvenanceView::message() const { return pages_->currentWidget() == message_ ? message_->text() : QString(); }

QString ProvenanceView::value(const QString& path) const {
    if (model_->rowCount() == 0) return {};
    const QModelIndexList found = model_->match(model_->index(0, 0), ProvenanceModel::PathRole, path, 1,
                                                Qt::MatchExactly | Qt::MatchCaseSensitive | Qt::MatchRecursive);
    return found.isEmpty() ? QString() : found.front().data(ProvenanceModel::ExactRole).toString();
}

QString ProvenanceView::selectedText() const {
    QModelIndexList rows = tree_->selectionModel()->selectedRows(ProvenanceModel::Name);
    const auto isBelow = [](QModelIndex index, const QModelIndex& group) {
        while (index.isValid() && index != group) index = index.parent();
        return index.isValid();
    };
    // Selection is in the order of clicks; a row below a selected group is told with the group.
    std::ranges::sort(rows, {}, [this](const QModelIndex& index) { return tree_->visualRect(index).top(); });
    QString text;
    for (const QModelIndex& row : rows) {
        const bool told =
            std::ranges::any_of(rows, [&](const QModelIndex& other) { return other != row && isBelow(row, other); });
        if (!told) text += model_->toText(filter_->mapToSource(row));
    }
    return text;
}

void ProvenanceView::copyJson() const {
    QGuiApplication::clipboard()->setText(
        QString::fromStdString(model_->record().dump(2, ' ', false, Json::error_handler_t::replace)) +
        QLatin1Char('\n'));
}

void ProvenanceView::showMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("recordMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(tree_->actions());
    menu->addAction(themedIcon(QStringLiteral("copy")), tr("Copy as JSON"), this, &ProvenanceView::copyJson);
    menu->addSeparator();
    menu->addAction(tr("Expand all"), tree_, &QTreeView::expandAll);
    menu->addAction(tr("Collapse all"), tree_, &QTreeView::collapseAll);
    menu->popup(tree_->viewport()->mapToGlobal(position));
}

}  // namespace lottery::gui
