// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/evaluation_view.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "core/analysis/results.h"
#include "resources/themed_icon.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/jobs/eta.h"
#include "widgets/results/warning_label.h"
#include "widgets/runs/evaluation_text.h"

namespace lottery::gui {

namespace {

QString scoreText(double value) {
    return std::isnan(value) ? QStringLiteral("undefined") : QString::number(value, 'f', 4);
}
QString shareText(double share) { return QStringLiteral("%1 %").arg(share * 100.0, 0, 'f', 1); }
QString countText(std::int64_t count) { return QLocale(QLocale::English).toString(static_cast<qlonglong>(count)); }
// "5.61 billion", "12.3 million".
QString largeText(double count) {
    return count >= 1e9 ? EvaluationModel::tr("%1 billion").arg(count / 1e9, 0, 'f', 2)
                        : EvaluationModel::tr("%1 million").arg(count / 1e6, 0, 'f', 1);
}

double metricOf(const Metrics& metrics, const std::string& name) {
    const auto found = metrics.find(name);
    return found == metrics.end() ? std::nan("") : found->second;
}

// A thin bar under the share, and the warning's colour where it says that a model is degenerate.
class ShareDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        const QVariant share = index.data(EvaluationModel::ShareRole);
        if (!share.isValid()) return;
        const QRect room = option.rect.adjusted(6, 0, -4, -3);
        const FigureColors colors = figureColors(option.palette);
        const double filled = share.toDouble() * room.width();
        painter->fillRect(QRectF(room.left(), room.bottom() - 3, room.width(), 3), toQColor(colors.grid));
        painter->fillRect(QRectF(room.left(), room.bottom() - 3, filled, 3),
                          toQColor(share.toDouble() > kDegenerateShare ? colors.warning : colors.primary));
    }
};

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
    masked_ = report.masked;
    addScores(report);
    addSize(report);
    addSpeed(report);
    addPredictions(report);
    rows_.push_back({Kind::Heading, tr("This evaluation"), {}, {}, {}, {}});
    rows_.push_back({Kind::Score, tr("Examples"), countText(report.examples), {}, {}, {}});
    if (report.mean_tokens > 0.0)
        rows_.push_back(
            {Kind::Score, tr("Tokens per example"), QString::number(report.mean_tokens, 'f', 1), {}, {}, {}});
    rows_.push_back({Kind::Score, tr("Time"), durationText(report.seconds), {}, {}, {}});
    endResetModel();
}

void EvaluationModel::addScores(const EvaluateReport& report) {
    const auto by = [&](Removal removal) -> const Metrics& {
        const auto found = report.by_removal.find(removal);
        return found == report.by_removal.end() ? report.metrics : found->second;
    };
    rows_.push_back({Kind::Heading, tr("Scores on dev"), {}, {}, {}, {}});
    for (const auto& [name, value] : report.metrics) {
        const auto baseline = report.majority_baseline.find(name);
        Row row{Kind::Score, metricTitle(name), scoreText(value), {}, {}, {}};
        if (masked_) {
            row.value = scoreText(metricOf(by(Removal::Physical), name));
            row.other = scoreText(metricOf(by(Removal::Multiply), name));
        }
        if (baseline != report.majority_baseline.end()) {
            row.baseline = scoreText(baseline->second);
            row.hint = tr("The baseline always predicts the most frequent class");
        }
        rows_.push_back(std::move(row));
    }
    // The loss was computed one way only.
    Row loss{Kind::Score, tr("Loss"), scoreText(report.loss), {}, {}, {}};
    if (masked_ && report.removal == Removal::Multiply) std::swap(loss.value, loss.other);
    rows_.push_back(std::move(loss));
    if (const QString why = removalText(report); !why.isEmpty()) rows_.push_back({Kind::Note, why, {}, {}, {}, {}});
}

void EvaluationModel::addSize(const EvaluateReport& report) {
    rows_.push_back({Kind::Heading, tr("Size"), {}, {}, {}, {}});
    if (masked_) {
        rows_.push_back({Kind::Text,
                         tr("Components kept"),
                         tr("%1 heads and %2 MLPs").arg(report.kept_heads).arg(report.kept_mlps),
                         {},
                         {},
                         {}});
    }
    rows_.push_back({Kind::Text,
                     tr("Parameters kept"),
                     report.parameters_kept > 0
                         ? tr("%1 (%2)").arg(shareText(report.parameters_kept_share), countText(report.parameters_kept))
                         : shareText(report.parameters_kept_share),
                     {},
                     {},
                     tr("Of the original model's, without the embeddings")});
    if (report.multiply_adds_full > 0.0) {
        rows_.push_back({Kind::Text,
                         tr("Multiply-adds kept"),
                         tr("%1 (%2 of %3 per example)")
                             .arg(shareText(report.multiply_adds / report.multiply_adds_full),
                                  largeText(report.multiply_adds), largeText(report.multiply_adds_full)),
                         {},
                         {},
                         tr("Of the original model's, mean over the dev set, masked components removed")});
    }
    rows_.push_back({Kind::Text,
                     tr("Parameters of the checkpoint"),
                     countText(report.parameters),
                     {},
                     {},
                     tr("All of them, before masks, with the embeddings")});
}

void EvaluationModel::addSpeed(const EvaluateReport& report) {
    if (report.speed.empty()) return;
    rows_.push_back({Kind::Heading, tr("Measured speed"), {}, {}, {}, {}});
    for (const MeasuredSpeed& speed : report.speed) {
        const QString name =
            speed.batch == 1 ? tr("One example at a time") : tr("%1 examples at a time").arg(speed.batch);
        rows_.push_back({Kind::Text,
                         name,
                         speedText(speed, masked_),
                         {},
                         {},
                         tr("On this machine, the median over rounds; the components of the mask removed")});
        if (const QString gain = gainText(speed, report); !gain.isEmpty())
            rows_.push_back({Kind::Text, {}, gain, {}, {}, tr("How near the clock comes to what was taken away")});
    }
}

void EvaluationModel::addPredictions(const EvaluateReport& report) {
    if (report.predicted_share.empty()) return;
    rows_.push_back({Kind::Heading, tr("Predictions"), {}, {}, {}, {}});
    for (const auto& [label, share] : report.predicted_share) {
        Row row{Kind::Share,
                tr("Predicted “%1”").arg(QString::fromStdString(label)),
                shareText(share),
                {},
                {},
                tr("Share of the examples; a model that predicts one class only has learned nothing"),
                share};
        if (masked_ && report.removal == Removal::Multiply) std::swap(row.value, row.other);
        rows_.push_back(std::move(row));
    }
}

void EvaluationModel::clear() {
    beginResetModel();
    rows_.clear();
    masked_ = false;
    endResetModel();
}

QString EvaluationModel::toText() const {
    QString text = QStringLiteral("name\tvalue\tmajority baseline\n");
    if (masked_) text = QStringLiteral("name\tremoved\tmasked to 0\tmajority baseline\n");
    for (const Row& row : rows_) {
        if (row.kind == Kind::Heading) continue;
        QStringList cells{row.name, row.value, row.baseline};
        if (masked_) cells.insert(2, row.other);
        if (row.kind == Kind::Note) cells = {row.name};
        text += cells.join('\t') + '\n';
    }
    return text;
}

int EvaluationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int EvaluationModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant EvaluationModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const bool text = index.column() == Name || row.kind == Kind::Text;
    const bool counted = index.column() == Value || index.column() == Other;
    switch (role) {
        case Qt::TextAlignmentRole:
            return QVariant((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            return row.hint;
        case Qt::FontRole: {
            if (row.kind != Kind::Heading) return {};
            QFont bold;
            bold.setBold(true);
            return bold;
        }
        case ShareRole: {
            const bool here = row.kind == Kind::Share && counted && !data(index, Qt::DisplayRole).toString().isEmpty();
            return here ? QVariant(row.share) : QVariant();
        }
        case SpanRole:
            return row.kind == Kind::Text;
        case NoteRole:
            return row.kind == Kind::Note || row.kind == Kind::Heading;
        case Qt::DisplayRole:
            break;
        default:
            return {};
    }
    switch (index.column()) {
        case Name:
            return row.name;
        case Value:
            return row.value;
        case Other:
            return row.other;
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
            return masked_ ? tr("Removed") : tr("Value");
        case Other:
            return tr("Masked to 0");
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
    warning_ = new WarningLabel;
    warning_->setObjectName(QStringLiteral("warning"));
    table_ = new QTableView;
    table_->setAccessibleName(tr("Result of the evaluation"));
    table_->setModel(model_);
    table_->setItemDelegate(new ShareDelegate(table_));
    table_->setShowGrid(false);
    table_->setWordWrap(true);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setTabKeyNavigation(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setHighlightSections(false);

    auto* top = new QHBoxLayout;
    top->addWidget(title_, 1);
    top->addWidget(copyButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 12, 14, 8);
    layout->addLayout(top);
    layout->addWidget(hint_);
    layout->addWidget(warning_);
    layout->addWidget(table_, 1);
    connect(copyButton, &QPushButton::clicked, this, &EvaluationView::copy);
    clear();
}

void EvaluationView::clear() {
    model_->clear();
    warning_->setText({});
    hint_->show();
    table_->hide();
}

void EvaluationView::setTitle(const QString& title) { title_->setText(title); }

void EvaluationView::setReport(const EvaluateReport& report) {
    model_->setReport(report);
    warning_->setText(degenerateText(report));
    hint_->hide();
    table_->show();
    layOut();
}

// Columns by the font, spans and heights by the rows: sentences wrap, the others are one line high.
void EvaluationView::layOut() {
    const int digit = fontMetrics().averageCharWidth();
    QHeaderView* header = table_->horizontalHeader();
    header->resizeSection(EvaluationModel::Name, digit * 36);
    for (const int column : {EvaluationModel::Value, EvaluationModel::Other, EvaluationModel::Baseline})
        header->resizeSection(column, digit * (model_->isMasked() ? 20 : 26));
    table_->setColumnHidden(EvaluationModel::Other, !model_->isMasked());
    const int line = fontMetrics().height();
    for (int row = 0; row < model_->rowCount(); ++row) {
        const QModelIndex at = model_->index(row, 0);
        const bool note = at.data(EvaluationModel::NoteRole).toBool();
        if (note) table_->setSpan(row, 0, 1, EvaluationModel::ColumnCount);
        if (at.data(EvaluationModel::SpanRole).toBool())
            table_->setSpan(row, EvaluationModel::Value, 1, EvaluationModel::ColumnCount - EvaluationModel::Value);
        const bool heading = !at.data(Qt::FontRole).isNull();
        const bool share = at.siblingAtColumn(EvaluationModel::Value).data(EvaluationModel::ShareRole).isValid() ||
                           at.siblingAtColumn(EvaluationModel::Other).data(EvaluationModel::ShareRole).isValid();
        int height = line + (heading ? 20 : share ? 16 : 10);
        if (note && !heading) {
            const int width = header->length() - 8;
            height =
                10 +
                fontMetrics().boundingRect(QRect(0, 0, width, 10000), Qt::TextWordWrap, at.data().toString()).height();
        }
        table_->setRowHeight(row, height);
    }
}

void EvaluationView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) layOut();
    QWidget::changeEvent(event);
}

void EvaluationView::copy() { QGuiApplication::clipboard()->setText(model_->toText()); }

}  // namespace lottery::gui
