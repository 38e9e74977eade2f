// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/provenance/run_difference_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFontDatabase>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "core/base/json.h"
#include "resources/themed_icon.h"
#include "widgets/provenance/record_file.h"
#include "widgets/provenance/record_value.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

enum Column { Key, Here, There, kColumns };

QString headingOf(RecordGroup group) {
    switch (group) {
        case RecordGroup::Inputs:
            return RunDifferenceDialog::tr("Inputs and options");
        case RecordGroup::Program:
            return RunDifferenceDialog::tr("Program and device");
        case RecordGroup::Results:
            return RunDifferenceDialog::tr("Results and times");
    }
    return {};
}

void fillCell(QTreeWidgetItem* row, int column, const QString& key, const Json& value) {
    row->setText(column, shownValue(key, value));
    const QString hint = valueHint(key, value);
    row->setToolTip(column, hint.isEmpty() ? row->text(column) : hint);
    if (isChecksum(value)) row->setFont(column, QFontDatabase::systemFont(QFontDatabase::FixedFont));
}

}  // namespace

RunDifferenceDialog::RunDifferenceDialog(const QString& here, const QStringList& others, QWidget* parent)
    : QDialog(parent), here_(here) {
    setObjectName(QStringLiteral("runDifference"));
    setWindowTitle(tr("Compare the records of two runs"));
    auto* hereLabel = new QLabel(here);
    hereLabel->setTextInteractionFlags(Qt::TextSelectableByMouse);
    hereLabel->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    hereLabel->setToolTip(here);
    there_ = new QComboBox;
    there_->setObjectName(QStringLiteral("otherRun"));
    there_->setEditable(true);
    there_->setInsertPolicy(QComboBox::NoInsert);
    there_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    there_->lineEdit()->setPlaceholderText(tr("Folder of the other run"));
    for (const QString& folder : others)
        if (folder != here && there_->findText(folder) < 0) there_->addItem(folder);
    there_->setCurrentIndex(-1);
    auto* browseButton = new QPushButton(themedIcon(QStringLiteral("open-folder")), tr("Choose…"));
    browseButton->setObjectName(QStringLiteral("browseOtherRun"));
    browseButton->setToolTip(tr("Choose the folder of the other run"));
    browseButton->setAutoDefault(false);
    auto* thereLine = new QHBoxLayout;
    thereLine->addWidget(there_, 1);
    thereLine->addWidget(browseButton);
    auto* form = new QFormLayout;
    form->addRow(tr("Here:"), hereLabel);
    form->addRow(tr("There:"), thereLine);

    shaping_ = new QCheckBox(tr("Only what &shapes the result"));
    shaping_->setObjectName(QStringLiteral("onlyShaping"));
    shaping_->setToolTip(tr("Inputs, options and versions; leaves out paths, device, results and times"));
    shaping_->setChecked(true);
    count_ = new QLabel;
    count_->setObjectName(QStringLiteral("differenceCount"));
    count_->setForegroundRole(QPalette::PlaceholderText);
    auto* middle = new QHBoxLayout;
    middle->addWidget(shaping_);
    middle->addStretch(1);
    middle->addWidget(count_);

    table_ = new QTreeWidget;
    table_->setObjectName(QStringLiteral("differences"));
    table_->setAccessibleName(tr("Differences"));
    table_->setColumnCount(kColumns);
    table_->setHeaderLabels({tr("Key"), tr("Here"), tr("There")});
    table_->setRootIsDecorated(false);
    table_->setAlternatingRowColors(true);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->setUniformRowHeights(true);
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("differenceMessage"));
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    pages_ = new QStackedWidget;
    pages_->addWidget(table_);
    pages_->addWidget(message_);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    copy_ = buttons->addButton(tr("&Copy as Markdown"), QDialogButtonBox::ActionRole);
    copy_->setObjectName(QStringLiteral("copyDifferences"));
    copy_->setIcon(themedIcon(QStringLiteral("copy")));
    // Return in the field of the other run compares; it must not press a button as well.
    for (QPushButton* button : {copy_, buttons->button(QDialogButtonBox::Close)}) button->setAutoDefault(false);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addLayout(middle);
    layout->addWidget(pages_, 1);
    layout->addWidget(buttons);
    const int digit = fontMetrics().averageCharWidth();
    resize(digit * 130, fontMetrics().height() * 32);
    table_->setColumnWidth(Key, digit * 46);
    table_->setColumnWidth(Here, digit * 38);

    connect(there_, &QComboBox::activated, this, &RunDifferenceDialog::compare);
    connect(there_->lineEdit(), &QLineEdit::editingFinished, this, &RunDifferenceDialog::compare);
    connect(browseButton, &QPushButton::clicked, this, &RunDifferenceDialog::browse);
    connect(shaping_, &QCheckBox::toggled, this, &RunDifferenceDialog::compare);
    connect(copy_, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(toMarkdown()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    compare();
}

RunDifferenceDialog::~RunDifferenceDialog() {
    // A field that has the focus tells of losing it when the base class hides the dialog, and of this one nothing is
    // left to answer.
    there_->disconnect(this);
    there_->lineEdit()->disconnect(this);
}

void RunDifferenceDialog::setThere(const QString& folder) {
    there_->setCurrentText(folder);
    compare();
}

QString RunDifferenceDialog::there() const { return textFromPath(pathFromText(there_->currentText())); }

DifferencesShown RunDifferenceDialog::shown() const {
    return shaping_->isChecked() ? DifferencesShown::Shaping : DifferencesShown::All;
}

void RunDifferenceDialog::browse() {
    const QString start = there().isEmpty() ? textFromPath(pathFromText(here_).parent_path()) : there();
    const QString folder = QFileDialog::getExistingDirectory(this, tr("The other run"), start);
    if (!folder.isEmpty()) setThere(folder);
}

void RunDifferenceDialog::say(const QString& text) {
    differences_.clear();
    table_->clear();
    count_->clear();
    copy_->setEnabled(false);
    message_->setText(text);
    pages_->setCurrentWidget(message_);
}

void RunDifferenceDialog::compare() {
    if (there().isEmpty()) return say(tr("Choose the run to compare with."));
    const Result<Json> here = readRecord(pathFromText(here_));
    const Result<Json> there = readRecord(pathFromText(this->there()));
    for (const Result<Json>* record : {&here, &there})
        if (!*record) return say(QString::fromStdString(record->error().to_string()));
    std::vector<RecordDifference> found = record_differences(*here, *there, shown());
    if (found.empty()) {
        say(shaping_->isChecked() ? tr("Nothing that shapes the result differs.") : tr("The two records are equal."));
        return;
    }
    differences_ = std::move(found);
    table_->clear();
    for (const RecordGroup group : all_record_groups()) {
        QTreeWidgetItem* heading = nullptr;
        for (const RecordDifference& each : differences_) {
            if (each.group != group) continue;
            if (!heading) {
                heading = new QTreeWidgetItem(table_, {headingOf(group)});
                QFont bold = table_->font();
                bold.setBold(true);
                heading->setFont(Key, bold);
                heading->setFirstColumnSpanned(true);
                heading->setFlags(Qt::ItemIsEnabled);
            }
            const QString key = QString::fromStdString(each.difference.key);
            auto* row = new QTreeWidgetItem(heading, {key});
            row->setToolTip(Key, key);
            const QString name = key.section(QLatin1Char('/'), -1);
            fillCell(row, Here, name, each.difference.before);
            fillCell(row, There, name, each.difference.after);
        }
    }
    table_->expandAll();
    const auto count = differences_.size();
    count_->setText(count == 1 ? tr("1 difference") : tr("%1 differences").arg(count));
    copy_->setEnabled(true);
    pages_->setCurrentWidget(table_);
}

QString RunDifferenceDialog::message() const {
    return pages_->currentWidget() == message_ ? message_->text() : QString();
}

QString RunDifferenceDialog::toMarkdown() const {
    return QString::fromStdString(
        record_differences_markdown(differences_, here_.toStdString(), there().toStdString(), shown()));
}

}  // namespace lottery::gui
