// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/classifier_training_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>
#include <optional>
#include <utility>

#include "core/figures/attention_figure.h"
#include "core/figures/axes.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_view.h"
#include "widgets/figures/tool_pane.h"

namespace lottery::gui {

namespace {

constexpr int kClasses = static_cast<int>(pattern_count);

QString nameOf(PatternClass pattern) { return QString::fromLatin1(to_string(pattern)); }

QString percentText(std::optional<double> share) {
    return share ? QString::fromStdString(number_text(100.0 * *share, 1)) + QStringLiteral(" %") : QStringLiteral("–");
}

QLabel* wrappedLabel(const char* name) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QWidget* pane(std::initializer_list<std::pair<QWidget*, int>> parts) {
    auto* made = new QWidget;
    auto* column = new QVBoxLayout(made);
    column->setContentsMargins(0, 0, 0, 0);
    for (const auto& [part, stretch] : parts) column->addWidget(part, stretch);
    return made;
}

QSplitter* splitter(Qt::Orientation orientation, QWidget* first, QWidget* second) {
    auto* made = new QSplitter(orientation);
    made->addWidget(first);
    made->addWidget(second);
    made->setChildrenCollapsible(false);
    made->setHandleWidth(10);
    return made;
}

// The last of the best: what the training keeps.
const PatternEpoch* bestOf(const std::vector<PatternEpoch>& epochs) {
    const PatternEpoch* best = nullptr;
    for (const PatternEpoch& epoch : epochs)
        if (!best || !(epoch.validation_accuracy < best->validation_accuracy)) best = &epoch;
    return best;
}

}  // namespace

LinesContent trainingContent(const std::vector<PatternEpoch>& epochs) {
    LineSeries trainLoss{"training", {}}, validationLoss{"validation", {}}, trainShare{"training", {}},
        validationShare{"validation", {}};
    for (const PatternEpoch& epoch : epochs) {
        const auto x = static_cast<double>(epoch.epoch);
        trainLoss.points.push_back({x, epoch.train_loss});
        validationLoss.points.push_back({x, epoch.validation_loss});
        trainShare.points.push_back({x, epoch.train_accuracy});
        validationShare.points.push_back({x, epoch.validation_accuracy});
    }
    LinesContent content;
    content.panels = {{"Epoch", "Loss", {std::move(trainLoss), std::move(validationLoss)}},
                      {"Epoch", "Accuracy", {std::move(trainShare), std::move(validationShare)}}};
    return content;
}

ClassifierTrainingView::ClassifierTrainingView(QWidget* parent)
    : QWidget(parent),
      heading_(new QLabel),
      status_(wrappedLabel("status")),
      curves_(new FigureView),
      export_(new FigureExportButton(tr("curves"))),
      summary_(wrappedLabel("summary")),
      confusion_(new QTableWidget(kClasses + 1, kClasses + 1)),
      casesLabel_(wrappedLabel("casesLabel")),
      cases_(new QListWidget),
      map_(new FigureView) {
    heading_->setObjectName(QStringLiteral("heading"));
    confusion_->setObjectName(QStringLiteral("confusion"));
    confusion_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    confusion_->setAccessibleName(tr("Confusion matrix: classes in rows, what maps were taken for in columns"));
    confusion_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    confusion_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    QStringList columns, rows;
    for (const PatternClass pattern : all_patterns()) {
        rows << nameOf(pattern);
        columns << nameOf(pattern).replace('+', "+\n");  // two lines: the columns are narrow
    }
    columns << tr("recall");
    rows << tr("precision");
    confusion_->setHorizontalHeaderLabels(columns);
    confusion_->setVerticalHeaderLabels(rows);
    cases_->setObjectName(QStringLiteral("cases"));
    cases_->setAccessibleName(tr("Maps that were told wrong"));
    connect(cases_, &QListWidget::currentRowChanged, this, &ClassifierTrainingView::showCase);

    auto* left = splitter(Qt::Vertical, pane({{curves_, 1}}), pane({{summary_, 0}, {confusion_, 1}}));
    auto* right = splitter(Qt::Vertical, map_, pane({{casesLabel_, 0}, {cases_, 1}}));
    auto* all = splitter(Qt::Horizontal, left, right);
    all->setStretchFactor(0, 3);
    all->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(toolPane({heading_}, {export_}, status_, this));
    layout->addWidget(all, 1);
    makeBold(heading_);
    setTitle({});
    begin(0);
}

void ClassifierTrainingView::setTitle(const QString& title) {
    title_ = title;
    heading_->setText(title);
    showCurves();
}

void ClassifierTrainingView::setProvenance(const FigureMetadata& provenance) { export_->setMetadata(provenance); }

void ClassifierTrainingView::begin(int epochs) {
    epochs_.clear();
    wanted_ = epochs;
    status_->setText(epochs > 0 ? tr("%1 epochs, none finished yet").arg(epochs) : tr("No training yet"));
    clearScores();
    showCurves();
}

void ClassifierTrainingView::addEpoch(const PatternEpoch& epoch) {
    epochs_.push_back(epoch);
    const PatternEpoch* best = bestOf(epochs_);
    status_->setText(tr("Epoch %1 of %2: accuracy %3 in validation, %4 in training. Best: %5 in epoch %6")
                         .arg(epoch.epoch)
                         .arg(wanted_)
                         .arg(percentText(epoch.validation_accuracy), percentText(epoch.train_accuracy),
                              percentText(best->validation_accuracy))
                         .arg(best->epoch));
    showCurves();
}

void ClassifierTrainingView::setMessage(const QString& text) { status_->setText(text); }

void ClassifierTrainingView::showCurves() {
    curves_->setVisible(!epochs_.empty());
    if (epochs_.empty()) {
        export_->setFigure({}, nullptr);
        return;
    }
    const LinesContent content = trainingContent(epochs_);
    curves_->setFigure([content](const FigureStyle& style) { return lines_figure(content, style); });
    const QString title = title_.isEmpty() ? tr("Training of the classifier") : title_;
    export_->setFigure(fileNameOf(title), [content, title](const FigureRequest& request) {
        LinesContent titled = content;
        if (request.title) titled.title = title.toStdString();
        return lines_figure(titled, request.style);
    });
}

void ClassifierTrainingView::clearScores() {
    summary_->setText(tr("How classes are told shows when the training has ended."));
    confusion_->setVisible(false);
    wrong_.clear();
    cases_->clear();
    casesLabel_->clear();
    showCase(-1);
}

void ClassifierTrainingView::setScores(const PatternScores& scores, std::vector<WrongCase> wrong) {
    summary_->setText(tr("%1 of %2 maps set aside are told rightly: accuracy %3")
                          .arg(scores.correct)
                          .arg(scores.maps)
                          .arg(percentText(scores.accuracy)));
    const auto write = [&](int row, int column, const QString& text, bool bold) {
        auto* item = new QTableWidgetItem(text);
        item->setTextAlignment(Qt::AlignCenter);
        QFont font = confusion_->font();
        font.setBold(bold);
        item->setFont(font);
        if (text == QStringLiteral("0")) item->setForeground(palette().brush(QPalette::Disabled, QPalette::Text));
        confusion_->setItem(row, column, item);
    };
    for (const PatternClass truth : all_patterns()) {
        const std::size_t i = index_of(truth);
        const int row = static_cast<int>(i);
        for (const PatternClass taken : all_patterns())
            write(row, static_cast<int>(index_of(taken)), QString::number(scores.confusion[i][index_of(taken)]),
                  truth == taken);
        write(row, kClasses, percentText(scores.classes[i].recall), false);
        write(kClasses, row, percentText(scores.classes[i].precision), false);
    }
    write(kClasses, kClasses, {}, false);
    confusion_->setVisible(true);

    wrong_ = std::move(wrong);
    cases_->clear();
    for (const WrongCase& one : wrong_)
        cases_->addItem(tr("%1: %2, taken for %3 (%4)")
                            .arg(QString::fromStdString(one.name), nameOf(one.truth), nameOf(one.predicted),
                                 percentText(static_cast<double>(one.probability))));
    casesLabel_->setText(wrong_.empty() ? tr("No map was told wrong.") : tr("Told wrong"));
    cases_->setCurrentRow(wrong_.empty() ? -1 : 0);
}

void ClassifierTrainingView::showCase(int row) {
    const bool any = row >= 0 && row < static_cast<int>(wrong_.size());
    map_->setVisible(any);
    if (!any) return;
    const WrongCase& one = wrong_[static_cast<std::size_t>(row)];
    AttentionMapContent content;
    for (int i = 1; i <= one.size; ++i) content.rows.push_back(std::to_string(i));
    content.columns = content.rows;
    content.values = one.values;
    map_->setFigure([content](const FigureStyle& style) {
        AttentionMapOptions options;
        options.value_label = "attention";
        return attention_map_figure(content, options, style);
    });
}

}  // namespace lottery::gui
