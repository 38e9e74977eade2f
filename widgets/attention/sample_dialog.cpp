// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/sample_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

#include "widgets/analysis/check_menu.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/path_edit.h"

namespace lottery::gui {

namespace {

QSpinBox* spin(int low, int high, const QString& suffix) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setSuffix(suffix);
    return box;
}

}  // namespace

SampleDialog::SampleDialog(Problems problems, QWidget* parent)
    : QDialog(parent),
      problems_(std::move(problems)),
      checkpoints_(new QListWidget),
      data_(new PathEdit(PathEdit::Wants::Folder, tr("GLUE folder"), {})),
      tasks_(new CheckMenu(tr("all tasks"))),
      kind_(new QComboBox),
      count_(spin(1, 10000, tr(" maps"))),
      least_(spin(3, 512, tr(" tokens"))),
      most_(spin(3, 512, tr(" tokens"))),
      seed_(spin(0, std::numeric_limits<int>::max(), {})),
      problem_(new QLabel) {
    setWindowTitle(tr("Maps to label"));
    checkpoints_->setObjectName(QStringLiteral("checkpoints"));
    checkpoints_->setAccessibleName(tr("Checkpoints"));
    checkpoints_->setMinimumHeight(80);
    QStringList names;
    for (const TaskInfo& task : all_tasks())
        names << QString::fromUtf8(task.name.data(), static_cast<qsizetype>(task.name.size()));
    tasks_->setItems(names);
    kind_->addItem(tr("probabilities"), static_cast<int>(AttentionKind::Raw));
    kind_->addItem(tr("norms"), static_cast<int>(AttentionKind::Norm));
    kind_->addItem(tr("norms as published"), static_cast<int>(AttentionKind::NormAsPublished));
    problem_->setObjectName(QStringLiteral("problem"));
    problem_->setWordWrap(true);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* add = new QPushButton(tr("Add…"));
    auto* remove = new QPushButton(tr("Remove"));
    auto* buttons = new QVBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(remove);
    buttons->addStretch(1);
    auto* list = new QHBoxLayout;
    list->addWidget(checkpoints_, 1);
    list->addLayout(buttons);
    auto* lengths = new QHBoxLayout;
    lengths->addWidget(least_);
    lengths->addWidget(new QLabel(tr("to")));
    lengths->addWidget(most_);
    lengths->addStretch(1);
    auto* form = new QFormLayout;
    form->addRow(tr("Checkpoints"), list);
    form->addRow(tr("GLUE data"), data_);
    form->addRow(tr("Tasks"), tasks_);
    form->addRow(tr("Kind"), kind_);
    form->addRow(tr("How many"), count_);
    form->addRow(tr("Texts of"), lengths);
    form->addRow(tr("Seed"), seed_);
    auto* box = new QDialogButtonBox(QDialogButtonBox::Cancel);
    sample_ = box->addButton(tr("Sample"), QDialogButtonBox::AcceptRole);
    sample_->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    auto* words = new QLabel(
        tr("Checkpoint, task, text and head of each map are drawn at random. You label them without being told where "
           "they come from."));
    words->setWordWrap(true);
    layout->addWidget(words);
    layout->addLayout(form);
    layout->addWidget(problem_);
    layout->addWidget(box);

    connect(add, &QPushButton::clicked, this, &SampleDialog::chooseCheckpoint);
    connect(remove, &QPushButton::clicked, this, [this] {
        delete checkpoints_->currentItem();
        validate();
    });
    connect(data_, &PathEdit::edited, this, &SampleDialog::validate);
    connect(tasks_, &CheckMenu::checkedChanged, this, &SampleDialog::validate);
    for (QSpinBox* number : {count_, least_, most_})
        connect(number, &QSpinBox::valueChanged, this, &SampleDialog::validate);
    connect(box, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(box, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setRequest({});
}

void SampleDialog::setRequest(const MapSampleRequest& request) {
    compute_ = request.compute;
    checkpoints_->clear();
    for (const auto& checkpoint : request.checkpoints) checkpoints_->addItem(textFromPath(checkpoint));
    data_->setPath(request.data);
    QStringList names;
    for (const TaskId task : request.tasks) {
        const auto name = task_info(task).name;
        names << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    }
    tasks_->setChecked(names);
    kind_->setCurrentIndex(kind_->findData(static_cast<int>(request.kind)));
    count_->setValue(request.count);
    least_->setValue(request.least_tokens);
    most_->setValue(request.most_tokens);
    seed_->setValue(static_cast<int>(request.seed));
    validate();
}

MapSampleRequest SampleDialog::request() const {
    MapSampleRequest request;
    for (int i = 0; i < checkpoints_->count(); ++i)
        request.checkpoints.push_back(pathFromText(checkpoints_->item(i)->text()));
    request.data = data_->path();
    const QStringList checked = tasks_->checked();
    for (const TaskInfo& task : all_tasks()) {
        const auto name = QString::fromUtf8(task.name.data(), static_cast<qsizetype>(task.name.size()));
        if (checked.isEmpty() || checked.contains(name)) request.tasks.push_back(task.id);
    }
    request.kind = static_cast<AttentionKind>(kind_->currentData().toInt());
    request.count = count_->value();
    request.least_tokens = least_->value();
    request.most_tokens = most_->value();
    request.seed = static_cast<std::uint64_t>(seed_->value());
    request.compute = compute_;
    return request;
}

void SampleDialog::addCheckpoint(const QString& folder) {
    checkpoints_->addItem(folder);
    validate();
}

void SampleDialog::chooseCheckpoint() {
    const QString last = checkpoints_->count() > 0 ? checkpoints_->item(checkpoints_->count() - 1)->text() : QString();
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Checkpoint to sample from"), last);
    if (!folder.isEmpty()) addCheckpoint(folder);
}

void SampleDialog::validate() {
    if (!sample_) return;
    const auto found = problems_(request());
    problem_->setText(found.empty() ? QString() : QString::fromStdString(found.front().message));
    sample_->setEnabled(found.empty());
}

}  // namespace lottery::gui
