// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/labelling_agreement.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/figures/axes.h"

namespace lottery::gui {

namespace {

// Whole names do not fit above narrow columns.
constexpr std::array<const char*, pattern_count> kShort{"V", "D", "VD", "B", "H"};

QString nameOf(std::size_t pattern) { return QString::fromLatin1(to_string(all_patterns()[pattern])); }

}  // namespace

LabellingAgreement::LabellingAgreement(QWidget* parent)
    : QWidget(parent),
      text_(new QLabel),
      table_(new QTableWidget(static_cast<int>(pattern_count), static_cast<int>(pattern_count))) {
    text_->setObjectName(QStringLiteral("agreement"));
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    table_->setObjectName(QStringLiteral("confusion"));
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionMode(QAbstractItemView::NoSelection);
    table_->setFocusPolicy(Qt::NoFocus);
    table_->setAccessibleName(tr("Labels of both, this labeller's in rows"));
    table_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table_->horizontalHeader()->setMinimumSectionSize(10);
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (std::size_t i = 0; i < pattern_count; ++i) {
        auto* head = new QTableWidgetItem(QString::fromLatin1(kShort[i]));
        head->setToolTip(nameOf(i));
        table_->setHorizontalHeaderItem(static_cast<int>(i), head);
        table_->setVerticalHeaderItem(static_cast<int>(i), new QTableWidgetItem(nameOf(i)));
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(text_);
    layout->addWidget(table_);
    setComparison(std::nullopt, {});
}

void LabellingAgreement::setComparison(const std::optional<LabelComparison>& comparison, const QString& file) {
    setVisible(comparison.has_value());
    if (!comparison) {
        text_->clear();
        return;
    }
    QString text =
        tr("%1: %2 maps have both labels, %3 of them the same").arg(file).arg(comparison->both).arg(comparison->same);
    text += comparison->kappa
                ? tr(". Cohen\u2019s \u03ba %1").arg(QString::fromStdString(number_text(*comparison->kappa, 3)))
                : tr(". Cohen\u2019s \u03ba is not defined");
    if (comparison->onlyMine + comparison->onlyTheirs > 0)
        text += tr(". Only here: %1, only there: %2").arg(comparison->onlyMine).arg(comparison->onlyTheirs);
    text_->setText(text + QLatin1Char('.'));
    for (std::size_t row = 0; row < pattern_count; ++row)
        for (std::size_t column = 0; column < pattern_count; ++column) {
            const int count = comparison->table[row][column];
            auto* item = new QTableWidgetItem(QString::number(count));
            item->setTextAlignment(Qt::AlignCenter);
            if (row == column) {
                QFont bold = table_->font();
                bold.setBold(true);
                item->setFont(bold);
            } else if (count == 0) {
                item->setForeground(palette().brush(QPalette::Disabled, QPalette::Text));
            }
            item->setToolTip(tr("%1 here, %2 there: %3 maps").arg(nameOf(row), nameOf(column)).arg(count));
            table_->setItem(static_cast<int>(row), static_cast<int>(column), item);
        }
    table_->resizeRowsToContents();
    // As high as its rows.
    table_->setFixedHeight(table_->verticalHeader()->length() + table_->horizontalHeader()->sizeHint().height() +
                           2 * table_->frameWidth());
}

}  // namespace lottery::gui
