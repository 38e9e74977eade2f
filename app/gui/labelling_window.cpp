// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/labelling_window.h"

#include <QCloseEvent>
#include <QFileDialog>
#include <QMessageBox>
#include <QProgressDialog>
#include <QVBoxLayout>
#include <utility>

#include "widgets/attention/labelling_view.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

LabellingWindow::LabellingWindow(MapSampleRequest request, QWidget* parent)
    : QWidget(parent, Qt::Window), request_(std::move(request)), view_(new LabellingView) {
    setWindowTitle(tr("Label attention maps – Lottery Workbench [*]"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(1000, 720);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(view_);
    connect(view_, &LabellingView::mapsWanted, this, &LabellingWindow::chooseMaps);
    connect(view_, &LabellingView::folderWanted, this, &LabellingWindow::openFolder);
    connect(view_, &LabellingView::saveRequested, this, &LabellingWindow::save);
    connect(view_, &LabellingView::comparisonWanted, this, &LabellingWindow::compare);
    connect(view_, &LabellingView::modifiedChanged, this, &QWidget::setWindowModified);
    connect(&runner_, &JobRunner::happened, this, [this](JobId, const JobEvent& event) {
        const auto* progress = std::get_if<Progress>(&event);
        if (!progress || !progress_) return;
        progress_->setMaximum(static_cast<int>(progress->total));
        progress_->setValue(static_cast<int>(progress->done));
    });
    connect(&runner_, &JobRunner::ended, this, [this](JobId, const JobEnd& end) { takeSample(end); });
}

LabellingWindow::~LabellingWindow() = default;

SampleDialog* LabellingWindow::chooseMaps() {
    if (isSampling() || !mayLose()) return nullptr;
    auto* dialog = new SampleDialog([](const MapSampleRequest& request) { return problems(request); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setRequest(request_);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { sample(dialog->request()); });
    dialog->open();
    return dialog;
}

void LabellingWindow::sample(const MapSampleRequest& request) {
    if (isSampling()) return;
    request_ = request;
    maps_ = std::make_shared<std::vector<SampledMap>>();
    progress_ = new QProgressDialog(tr("Drawing maps…"), tr("Cancel"), 0, 0, this);
    progress_->setWindowModality(Qt::WindowModal);
    progress_->setAutoClose(false);
    progress_->setAutoReset(false);
    Job job;
    job.title = tr("Maps to label");
    job.device = QStringLiteral("labelling");
    job.work = [request, maps = maps_](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(*maps, sample_maps(request, stop, events));
        return Unit{};
    };
    const JobId id = runner_.submit(std::move(job));
    connect(progress_, &QProgressDialog::canceled, this, [this, id] { runner_.cancel(id); });
    progress_->show();
}

void LabellingWindow::takeSample(const JobEnd& end) {
    if (progress_) progress_->deleteLater();
    progress_ = nullptr;
    const auto sampled = std::exchange(maps_, nullptr);
    if (end.state == JobState::Failed)
        QMessageBox::warning(this, tr("No maps"), QString::fromStdString(end.error.to_string()));
    if (end.state != JobState::Done) return;
    std::vector<MapToLabel> maps;
    for (SampledMap& map : *sampled)
        maps.push_back(
            {std::move(map.name), map.size, std::move(map.values), std::move(map.tokens), std::move(map.origin)});
    if (const Status taken = view_->setMaps(std::move(maps)); !taken)
        QMessageBox::warning(this, tr("No maps"), QString::fromStdString(taken.error().to_string()));
}

void LabellingWindow::openFolder() {
    if (!mayLose()) return;
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Maps and labels to go on with"), textFromPath(view_->folder()));
    // What is wrong is shown by the view.
    if (!folder.isEmpty()) (void)view_->openFolder(pathFromText(folder));
}

bool LabellingWindow::save() {
    std::filesystem::path folder = view_->folder();
    if (folder.empty()) {
        const QString chosen = QFileDialog::getSaveFileName(this, tr("Keep maps and labels in a new folder"), {}, {},
                                                            nullptr, QFileDialog::ShowDirsOnly);
        if (chosen.isEmpty()) return false;
        folder = pathFromText(chosen);
    }
    return view_->saveTo(folder).has_value();
}

void LabellingWindow::compare() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Somebody else’s labels of these maps"), {},
                                                      tr("Labels (*.tsv labels.txt);;All files (*)"));
    if (!file.isEmpty()) (void)view_->compareWith(pathFromText(file));
}

bool LabellingWindow::mayLose() {
    const QString unsaved = view_->unsavedText();
    if (unsaved.isEmpty()) return true;
    const auto answer =
        QMessageBox::question(this, tr("Labels are not saved"), tr("%1. Save them?").arg(unsaved),
                              QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
    if (answer == QMessageBox::Save) return save();
    return answer == QMessageBox::Discard;
}

void LabellingWindow::closeEvent(QCloseEvent* event) {
    if (!mayLose()) return event->ignore();
    runner_.cancelAll();
    event->accept();
}

}  // namespace lottery::gui
