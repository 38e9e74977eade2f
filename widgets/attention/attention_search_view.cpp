// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_search_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/figures/figure.h"

namespace lottery::gui {

AttentionSearchView::AttentionSearchView(QWidget* parent)
    : QWidget(parent),
      head_(new QLabel),
      what_(new QComboBox),
      find_(new QPushButton(tr("Find"))),
      progress_(new QProgressBar),
      message_(new QLabel),
      table_(new QTableWidget(0, 3)) {
    what_->setObjectName(QStringLiteral("attendsTo"));
    what_->setAccessibleName(tr("What the head attends to"));
    for (const AttendsToInfo& one : all_attends_to())
        what_->addItem(QString::fromUtf8(one.name.data(), static_cast<qsizetype>(one.name.size())),
                       static_cast<int>(one.what));
    find_->setObjectName(QStringLiteral("find"));
    find_->setToolTip(tr("List the examples of the chosen file in which this head attends most to it"));
    progress_->setTextVisible(false);
    progress_->setMaximumWidth(160);
    progress_->hide();
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    table_->setHorizontalHeaderLabels({tr("Share"), tr("Example"), tr("Text")});
    table_->horizontalHeaderItem(0)->setToolTip(tr("Of the attention of the tokens that could pay it, mean over them"));
    table_->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
    table_->verticalHeader()->hide();
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setAccessibleName(tr("Examples that were found"));
    table_->setWordWrap(false);

    auto* row = new QHBoxLayout;
    for (QWidget* widget : std::initializer_list<QWidget*>{head_, what_, find_, progress_}) row->addWidget(widget);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(row);
    layout->addWidget(message_);
    layout->addWidget(table_, 1);

    connect(find_, &QPushButton::clicked, this, [this] {
        searching_ = true;
        message_->clear();
        progress_->setRange(0, 0);
        progress_->show();
        updateEnabled();
        Q_EMIT searchRequested(what());
    });
    connect(table_, &QTableWidget::activated, this, [this](const QModelIndex& index) {
        Q_EMIT exampleActivated(table_->item(index.row(), 1)->data(Qt::UserRole).toLongLong());
    });
    setHead({});
    setAvailable(false);
}

void AttentionSearchView::setHead(std::optional<Component> head) {
    of_ = head;
    head_->setText(head ? tr("Head %1 attends most to").arg(QString::fromStdString(component_id(*head)))
                        : tr("No head is chosen"));
    updateEnabled();
}

void AttentionSearchView::setAvailable(bool available, const QString& why) {
    available_ = available;
    if (!why.isEmpty()) message_->setText(why);
    updateEnabled();
}

void AttentionSearchView::setProgress(const Progress& progress) {
    progress_->setRange(0, static_cast<int>(progress.total));
    progress_->setValue(static_cast<int>(progress.done));
}

void AttentionSearchView::setFound(const std::vector<FoundText>& found, const std::vector<AttentionText>& texts,
                                   const QString& what) {
    searching_ = false;
    progress_->hide();
    message_->setText(found.empty() ? tr("No example has such a place.")
                                    : tr("%1; a double click shows the example").arg(what));
    table_->setRowCount(static_cast<int>(found.size()));
    for (int r = 0; r < table_->rowCount(); ++r) {
        const FoundText& one = found[static_cast<std::size_t>(r)];
        const AttentionText& text = texts[static_cast<std::size_t>(one.index)];
        QString shown = QString::fromStdString(text.text);
        if (text.text_pair) shown += QStringLiteral("  |  ") + QString::fromStdString(*text.text_pair);
        auto* share = new QTableWidgetItem(QString::number(one.share, 'f', 3));
        auto* number = new QTableWidgetItem(QString::number(one.index + 1));
        number->setData(Qt::UserRole, QVariant::fromValue<qint64>(one.index));
        auto* words = new QTableWidgetItem(shown);
        words->setToolTip(shown);
        for (QTableWidgetItem* item : {share, number}) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        table_->setItem(r, 0, share);
        table_->setItem(r, 1, number);
        table_->setItem(r, 2, words);
    }
    updateEnabled();
}

void AttentionSearchView::setFailed(const QString& why) {
    searching_ = false;
    progress_->hide();
    message_->setText(why);
    updateEnabled();
}

AttendsTo AttentionSearchView::what() const { return static_cast<AttendsTo>(what_->currentData().toInt()); }

void AttentionSearchView::updateEnabled() { find_->setEnabled(of_ && available_ && !searching_); }

}  // namespace lottery::gui
