// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/evaluation_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"

namespace lottery::gui {

namespace {

QString scoreText(double value) {
    return std::isnan(value) ? QStringLiteral("undefined") : QString::number(value, 'f', 4);
}
QString shareText(double share) { return QStringLiteral("%1 %").arg(share * 100.0, 0, 'f', 1); }

}  // namespace

QString metricTitle(const std::string& name) {
    static const std::map<std::string, const char*> titles{
        {"acc", "Accuracy"},
        {"f1", "F1"},
        {"acc_and_f1", "Mean of accuracy and F1"},
        {"mcc", "Matthews correlation"},
        {"pearson", "Pearson correlation"},
        {"spearmanr", "Spearman correlation"},
        {"corr", "Mean of Pearson and Spearman"},
        {"mnli_acc", "Accuracy, matched"},
        {"mnli-mm_acc", "Accuracy, mismatched"},
    };
    const auto found = titles.find(name);
    return found == titles.end() ? QString::fromStdString(name) : EvaluationModel::tr(found->second);
}

void EvaluationModel::setReport(const EvaluateReport& report) {
    beginResetModel();
    rows_.clear();
    for (const auto& [name, value] : report.metrics) {
        const auto baseline = report.majority_baseline.find(name);
        rows_.push_back({metricTitle(name), scoreText(value),
                         baseline == report.majority_baseline.end() ? QString() : scoreText(baseline->second),
                         tr("The baseline always predicts the most frequent class")});
    }
    rows_.push_back({tr("Loss"), scoreText(report.loss), {}, {}});
    for (const auto& [label, share] : report.predicted_share)
        rows_.push_back({tr("Predicted “%1”").arg(QString::fromStdString(label)),
                         shareText(share),
                         {},
                         tr("Share of the examples; a model that predicts one class only has learned nothing")});
    rows_.push_back(
        {tr("Parameters"), QLocale(QLocale::English).toString(static_cast<qlonglong>(report.parameters)), {}, {}});
    rows_.push_back({tr("Parameters kept"), shareText(report.parameters_kept_share), {}, tr("Without the embeddings")});
    rows_.push_back({tr("Examples"), QString::number(report.examples), {}, {}});
    rows_.push_back({tr("Time"), durationText(report.seconds), {}, {}});
    endResetModel();
}

void EvaluationModel::clear() {
    beginResetModel();
    rows_.clear();
    endResetModel();
}

QString EvaluationModel::toText() const {
    QString text = QStringLiteral("name\tvalue\tmajority baseline\n");
    for (const Row& row : rows_) text += QStringLiteral("%1\t%2\t%3\n").arg(row.name, row.value, row.baseline);
    return text;
}

int EvaluationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int EvaluationModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant EvaluationModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) return row.hint;
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case Name:
            return row.name;
        case Value:
            return row.value;
        case Baseline:
            return row.baseline;
        default:
            return {};
    }
}

QVariant EvaluationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("Result");
        case Value:
            return tr("Value");
        case Baseline:
            return tr("Majority baseline");
        default:
            return {};
    }
}

EvaluationView::EvaluationView(QWidget* parent) : QWidget(parent), model_(new EvaluationModel(this)) {
    title_ = new QLabel;
    QFont large = title_->font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    large.setBold(true);
    title_->setFont(large);
    auto* copyButton = new QPushButton(themedIcon(QStringLiteral("copy")), tr("&Copy table"));
    copyButton->setObjectName(QStringLiteral("copyTable"));
    copyButton->setToolTip(tr("Copy the table as tab-separated text"));
    hint_ = new QLabel(tr("The result appears here when the evaluation is done."));
    hint_->setForegroundRole(QPalette::PlaceholderText);
    table_ = new QTableView;
    table_->setAccessibleName(tr("Result of the evaluation"));
    table_->setModel(model_);
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setFrameShape(QFrame::NoFrame);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    table_->horizontalHeader()->setHighlightSections(false);
    const int digit = fontMetrics().averageCharWidth();
    table_->horizontalHeader()->resizeSection(EvaluationModel::Name, digit * 40);
    table_->horizontalHeader()->resizeSection(EvaluationModel::Value, digit * 22);
    table_->horizontalHeader()->resizeSection(EvaluationModel::Baseline, digit * 24);

    auto* top = new QHBoxLayout;
    top->addWidget(title_, 1);
    top->addWidget(copyButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 12, 14, 8);
    layout->addLayout(top);
    layout->addWidget(hint_);
    layout->addWidget(table_, 1);
    connect(copyButton, &QPushButton::clicked, this, &EvaluationView::copy);
    clear();
}

void EvaluationView::clear() {
    model_->clear();
    hint_->show();
    table_->hide();
}

void EvaluationView::setTitle(const QString& title) { title_->setText(title); }

void EvaluationView::setReport(const EvaluateReport& report) {
    model_->setReport(report);
    hint_->hide();
    table_->show();
}

void EvaluationView::copy() { QGuiApplication::clipboard()->setText(model_->toText()); }

}  // namespace lottery::gui
