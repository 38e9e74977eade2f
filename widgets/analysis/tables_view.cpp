// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/analysis/tables_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <functional>

#include "core/figures/writers.h"
#include "resources/themed_icon.h"
#include "widgets/results/copy_scores.h"

namespace lottery::gui {

namespace {

// As high as its rows: the tables scroll together.
QTableWidget* tableOf(const TextCells& cells) {
    const int rows = static_cast<int>(cells.size()) - 1;
    const int columns = cells.empty() ? 0 : static_cast<int>(cells.front().size());
    auto* table = new QTableWidget(std::max(rows, 0), columns);
    for (int r = 0; r <= rows; ++r)
        for (int c = 0; c < columns; ++c) {
            auto* item = new QTableWidgetItem(
                QString::fromStdString(cells[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]));
            item->setTextAlignment(Qt::AlignVCenter | (c == 0 ? Qt::AlignLeft : Qt::AlignRight));
            if (r == 0)
                table->setHorizontalHeaderItem(c, item);
            else
                table->setItem(r - 1, c, item);
        }
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setAlternatingRowColors(true);
    table->resizeColumnsToContents();
    table->resizeRowsToContents();
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    int height = table->horizontalHeader()->sizeHint().height() + 2 * table->frameWidth() +
                 table->horizontalScrollBar()->sizeHint().height();
    for (int r = 0; r < rows; ++r) height += table->rowHeight(r);
    table->setFixedHeight(height);
    return table;
}

}  // namespace

TablesView::TablesView(QWidget* parent) : QWidget(parent), copy_(new QToolButton), rows_(new QVBoxLayout) {
    copy_->setIcon(themedIcon(QStringLiteral("copy")));
    copy_->setText(tr("Copy tables"));
    copy_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy_->setPopupMode(QToolButton::InstantPopup);
    copy_->setAutoRaise(true);
    auto* menu = new QMenu(copy_);
    const auto offer = [&](const QString& name, std::string (*text)(const StudyTables&)) {
        menu->addAction(name, this,
                        [this, text] { QGuiApplication::clipboard()->setText(QString::fromStdString(text(tables_))); });
    };
    offer(tableFormatName(TableFormat::Text), [](const StudyTables& t) { return text_of(t.tables); });
    offer(tableFormatName(TableFormat::Markdown), [](const StudyTables& t) { return markdown_of(t.tables); });
    offer(tableFormatName(TableFormat::Latex), [](const StudyTables& t) { return latex_of(t.tables); });
    offer(tableFormatName(TableFormat::Csv), [](const StudyTables& t) { return csv_of(t.data); });
    offer(QStringLiteral("JSON"), [](const StudyTables& t) { return t.json.dump(2) + "\n"; });
    copy_->setMenu(menu);

    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->addLayout(rows_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(copy_, 0, Qt::AlignLeft);
    layout->addWidget(scroll, 1);
}

void TablesView::setTables(const StudyTables& tables) {
    tables_ = tables;
    while (QLayoutItem* item = rows_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const AnalysisTable& table : tables_.tables) {
        rows_->addWidget(tableOf(table.cells));
        if (table.note.empty()) continue;
        auto* note = new QLabel(QString::fromStdString(table.note));
        note->setWordWrap(true);
        note->setTextInteractionFlags(Qt::TextSelectableByMouse);
        note->setForegroundRole(QPalette::PlaceholderText);
        rows_->addWidget(note);
    }
}

}  // namespace lottery::gui
