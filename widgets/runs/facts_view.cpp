// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/facts_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "resources/themed_icon.h"

namespace lottery::gui {

FactsView::FactsView(QWidget* parent) : QWidget(parent) {
    title_ = new QLabel;
    title_->setForegroundRole(QPalette::PlaceholderText);
    title_->setWordWrap(true);
    auto* copy = new QPushButton(themedIcon(QStringLiteral("copy")), tr("Copy"));
    copy->setObjectName(QStringLiteral("copyFacts"));
    copy->setToolTip(tr("Copy the table, tab-separated"));
    table_ = new QTableWidget;
    table_->setObjectName(QStringLiteral("facts"));
    table_->setColumnCount(2);
    table_->horizontalHeader()->hide();
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setTabKeyNavigation(false);
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setWordWrap(true);

    auto* top = new QHBoxLayout;
    top->addWidget(title_, 1);
    top->addWidget(copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->addLayout(top);
    layout->addWidget(table_, 1);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(toText()); });
}

void FactsView::setTitle(const QString& title) {
    title_->setText(title);
    table_->setAccessibleName(title);
}

void FactsView::setFacts(const Facts& facts) {
    facts_ = facts;
    table_->setRowCount(static_cast<int>(facts.size()));
    for (int row = 0; row < table_->rowCount(); ++row) {
        table_->setItem(row, 0, new QTableWidgetItem(facts[row].first));
        table_->setItem(row, 1, new QTableWidgetItem(facts[row].second));
        table_->item(row, 1)->setToolTip(facts[row].second);
    }
}

QString FactsView::toText() const {
    QString text;
    for (const auto& [name, value] : facts_) text += QStringLiteral("%1\t%2\n").arg(name, value);
    return text;
}

}  // namespace lottery::gui
