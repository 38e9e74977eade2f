// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/classifier_window.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <limits>
#include <utility>

#include "core/base/npy.h"
#include "widgets/attention/classifier_training_view.h"
#include "widgets/runs/path_edit.h"

namespace lottery::gui {

struct ClassifierWindow::Trained {
    TrainPatternsReport report;
    std::vector<WrongCase> wrong;
};

ClassifierWindow::ClassifierWindow(const ComputeOptions& compute, QWidget* parent)
    : QWidget(parent, Qt::Window),
      compute_(compute),
      data_(new PathEdit(PathEdit::Wants::Folder, tr("Folder of labelled maps"), {})),
      kind_(new QComboBox),
      epochs_(new QSpinBox),
      seed_(new QSpinBox),
      out_(new PathEdit(PathEdit::Wants::NewFile, tr("Classifier’s file"), tr("Classifiers (*.safetensors)"))),
      problem_(new QLabel),
      view_(new ClassifierTrainingView) {
    setWindowTitle(tr("Train a pattern classifier – Lottery Workbench"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(1080, 760);
    data_->setPlaceholderText(tr("Folder of .npy maps with labels.tsv or labels.txt"));
    for (const auto& [kind, name] : {std::pair{ClassifierKind::Raw, tr("probabilities")},
                                     {ClassifierKind::Norm, tr("norms")},
                                     {ClassifierKind::NormAsPublished, tr("norms as published")}})
        kind_->addItem(name, static_cast<int>(kind));
    epochs_->setRange(1, 10000);
    seed_->setRange(0, std::numeric_limits<int>::max());
    out_->setPlaceholderText(tr("New file, .safetensors; its record is written beside it"));
    problem_->setWordWrap(true);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    train_ = new QPushButton(tr("Train"));
    stop_ = new QPushButton(tr("Stop"));

    auto* numbers = new QHBoxLayout;
    for (QWidget* widget :
         std::initializer_list<QWidget*>{kind_, new QLabel(tr("Epochs")), epochs_, new QLabel(tr("Seed")), seed_})
        numbers->addWidget(widget);
    numbers->addStretch(1);
    numbers->addWidget(train_);
    numbers->addWidget(stop_);
    auto* form = new QFormLayout;
    form->addRow(tr("Labelled maps"), data_);
    form->addRow(tr("Classifier"), out_);
    form->addRow(tr("Maps are"), numbers);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(problem_);
    layout->addWidget(view_, 1);

    for (PathEdit* path : {data_, out_}) connect(path, &PathEdit::edited, this, &ClassifierWindow::validate);
    connect(kind_, &QComboBox::currentIndexChanged, this, &ClassifierWindow::validate);
    connect(train_, &QPushButton::clicked, this, &ClassifierWindow::train);
    connect(stop_, &QPushButton::clicked, this, [this] { runner_.cancel(job_); });
    connect(&runner_, &JobRunner::happened, this, [this](JobId, const JobEvent& event) {
        if (const auto* epoch = std::get_if<PatternEpoch>(&event)) view_->addEpoch(*epoch);
        if (const auto* message = std::get_if<JobMessage>(&event))
            problem_->setText(QString::fromStdString(message->text));
    });
    connect(&runner_, &JobRunner::ended, this, [this](JobId, const JobEnd& end) { takeEnd(end); });
    setRequest({});
}

ClassifierWindow::~ClassifierWindow() = default;

TrainPatternsRequest ClassifierWindow::request() const {
    TrainPatternsRequest request;
    request.data = data_->path();
    request.kind = static_cast<ClassifierKind>(kind_->currentData().toInt());
    request.out = out_->path();
    request.seed = static_cast<std::uint64_t>(seed_->value());
    request.options.epochs = epochs_->value();
    request.compute = compute_;
    return request;
}

void ClassifierWindow::setRequest(const TrainPatternsRequest& request) {
    data_->setPath(request.data);
    kind_->setCurrentIndex(kind_->findData(static_cast<int>(request.kind)));
    out_->setPath(request.out);
    seed_->setValue(static_cast<int>(request.seed));
    epochs_->setValue(request.options.epochs);
    validate();
}

void ClassifierWindow::validate() {
    const auto found = isTraining() ? std::vector<FieldProblem>() : problems(request());
    // Nothing is wrong with what was not chosen yet.
    const bool begun = !data_->text().isEmpty() && !out_->text().isEmpty();
    problem_->setText(found.empty() || !begun ? QString() : QString::fromStdString(found.front().message));
    train_->setEnabled(found.empty() && !isTraining());
    stop_->setEnabled(isTraining());
}

void ClassifierWindow::train() {
    const TrainPatternsRequest wanted = request();
    if (isTraining() || !problems(wanted).empty()) return validate();
    view_->begin(wanted.options.epochs);
    view_->setProvenance({{"labelled maps", wanted.data.string()}, {"classifier", wanted.out.string()}});
    trained_ = std::make_shared<Trained>();
    Job job;
    job.title = tr("Pattern classifier");
    job.device = QStringLiteral("pattern classifier");
    job.work = [wanted, trained = trained_](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(trained->report, run_train_patterns(wanted, stop, events));
        for (const WrongMap& wrong : trained->report.wrong) {
            LOTTERY_TRY(auto map, read_npy(wanted.data / (wrong.name + ".npy")));
            trained->wrong.push_back({wrong.name, static_cast<int>(map.shape.front()), std::move(map.values),
                                      wrong.label, wrong.predicted, static_cast<float>(wrong.probability)});
        }
        return Unit{};
    };
    job_ = runner_.submit(std::move(job));
    validate();
}

void ClassifierWindow::takeEnd(const JobEnd& end) {
    const auto trained = std::exchange(trained_, nullptr);
    if (end.state == JobState::Failed) view_->setMessage(QString::fromStdString(end.error.to_string()));
    if (end.state == JobState::Cancelled) view_->setMessage(tr("Stopped; nothing was written."));
    if (end.state == JobState::Done) view_->setScores(trained->report.scores, std::move(trained->wrong));
    train_->setEnabled(false);
    stop_->setEnabled(false);
    // The runner is idle after this.
    QMetaObject::invokeMethod(this, &ClassifierWindow::validate, Qt::QueuedConnection);
}

}  // namespace lottery::gui
