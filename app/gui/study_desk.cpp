// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/study_desk.h"

#include <QFileDialog>

#include "app/gui/jobs_controller.h"
#include "app/gui/reproduction_reader.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_services.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/study_job.h"
#include "app/gui/study_overviews.h"
#include "app/gui/study_services.h"
#include "app/gui/window_settings.h"
#include "core/study/report_run.h"
#include "widgets/reproduction/reproduction_view.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/study/study_explorer.h"

namespace lottery::gui {

namespace {

// Jobs of a study end in bursts; the pages follow a little later, once.
constexpr int kRefreshMs = 1500;

}  // namespace

StudyDesk::StudyDesk(JobsController* jobs, WindowSettings* settings, RunTabs* tabs, QWidget* window)
    : QObject(window), jobs_(jobs), settings_(settings), tabs_(tabs), window_(window), studies_(jobs) {
    explorer_ = new StudyExplorer;
    connectExplorer();
    refresh_.setSingleShot(true);
    refresh_.setInterval(kRefreshMs);
    connect(&refresh_, &QTimer::timeout, this, &StudyDesk::refreshReproductions);
    connect(tabs_, &RunTabs::viewAdded, this, &StudyDesk::attach);
    const auto showCurrent = [this] {
        if (const RunView* view = tabs_->current()) showStudyOf(view->folder());
    };
    connect(tabs_, &RunTabs::selectionChanged, this, showCurrent);
    // What a job wrote may have become a study, or part of one.
    connect(jobs_, &JobsController::ended, this, showCurrent);
    connect(jobs_, &JobsController::ended, this, [this](JobId id, const JobEnd& end) {
        const auto import = imports_.find(id);
        if (import == imports_.end()) return;
        if (end.state == JobState::Done) {
            settings_->setPublished(import->second);
            refresh_.start();
        }
        imports_.erase(import);
    });
}

void StudyDesk::connectExplorer() {
    connect(explorer_, &StudyExplorer::runRequested, &studies_, &StudiesController::run);
    connect(explorer_, &StudyExplorer::firstRequested, &studies_, &StudiesController::runFirst);
    connect(explorer_, &StudyExplorer::pauseRequested, &studies_, &StudiesController::pause);
    connect(explorer_, &StudyExplorer::resumeRequested, &studies_, &StudiesController::resume);
    connect(explorer_, &StudyExplorer::cancelRequested, &studies_, &StudiesController::cancel);
    connect(explorer_, &StudyExplorer::refreshRequested, &studies_, &StudiesController::look);
    connect(explorer_, &StudyExplorer::estimateRequested, this, [this](const QString& folder) {
        jobs_->start([path = pathFromText(folder)] { return makeEstimateJob(path); }, {});
    });
    connect(explorer_, &StudyExplorer::openRequested, this, &StudyDesk::openRequested);
    connect(explorer_, &StudyExplorer::brushCleared, this, [this] {
        if (RunView* tab = shownTab()) tab->parts()->setBrush({});
    });
    connect(explorer_, &StudyExplorer::newRequested, this, [this] { newStudy(StudyPreset::Quick); });
    connect(&studies_, &StudiesController::begun, this, [this](JobId id, const QString& folder) {
        tabs_->addJob(id);
        showStudyOf(folder);
    });
    connect(&studies_, &StudiesController::changed, this, [this](const QString& folder) {
        refreshExplorer(folder);
        refresh_.start();
    });
    connect(&studies_, &StudiesController::jobChanged, this, [this](const QString& folder, std::size_t job) {
        const StudyJobRow& row = studies_.overview(folder)->jobs[job];
        if (folder == shown_) explorer_->setJob(job, row.state, row.why);
        if (row.state == StudyJobState::Done && !refresh_.isActive()) refresh_.start();
    });
    connect(&studies_, &StudiesController::timeLeftChanged, this, [this](const QString& folder, double seconds) {
        if (folder == shown_) explorer_->setSecondsLeft(seconds);
    });
    connect(&studies_, &StudiesController::failed, this,
            [this](const QString& folder, const Error& error) { Q_EMIT failed(tr("Study %1").arg(folder), error); });
}

void StudyDesk::showStudyOf(const QString& folder) {
    const std::filesystem::path study = studyOf(pathFromText(folder));
    if (study.empty()) return;
    const bool first = shown_.isEmpty();
    shown_ = textFromPath(study);
    if (first) Q_EMIT studyShown();
    if (studies_.overview(shown_)) refreshExplorer(shown_);
    showBrush();
    studies_.look(shown_);
}

RunView* StudyDesk::shownTab() const {
    for (int i = 0; i < tabs_->count(); ++i)
        if (auto* view = qobject_cast<RunView*>(tabs_->widget(i)); view && view->folder() == shown_) return view;
    return nullptr;
}

void StudyDesk::showBrush() {
    const RunView* tab = shownTab();
    explorer_->setBrush(tab ? tab->parts()->brush() : Brush{});
}

void StudyDesk::refreshExplorer(const QString& folder) {
    const StudyOverview* overview = studies_.overview(folder);
    if (folder == shown_ && overview) explorer_->setStudy(*overview, studies_.runState(folder));
}

NewStudyDialog* StudyDesk::newStudy(StudyPreset preset) {
    if (dialog_) dialog_->close();
    dialog_ = new NewStudyDialog(newStudyServices(), window_);
    dialog_->setAttribute(Qt::WA_DeleteOnClose);
    dialog_->choosePreset(preset);
    dialog_->setBaseFolder(settings_->baseFolder());
    const RunDraft last = settings_->lastDraft({});
    dialog_->setInputs(last.checkpoint, last.data, last.compute);
    connect(dialog_, &QDialog::accepted, this,
            [this, dialog = dialog_.data()] { createStudy(dialog->folder(), dialog->plan(), dialog->runs()); });
    dialog_->open();
    return dialog_;
}

void StudyDesk::createStudy(const std::filesystem::path& folder, const StudyPlan& plan, bool run) {
    if (plan.preset != to_string(StudyPreset::Demo)) {
        RunDraft last = settings_->lastDraft({});
        last.checkpoint = plan.checkpoint;
        last.data = plan.data;
        last.compute = plan.compute;
        settings_->setLastDraft(last);
    }
    settings_->setBaseFolder(folder.parent_path());
    // The demo's data and checkpoint are written with it.
    reader_.ask<Unit>(
        textFromPath(folder), [folder, plan] { return write_study(folder, plan); },
        [this, text = textFromPath(folder), run](const Status& written) {
            if (!written) {
                Q_EMIT failed(tr("New study %1").arg(text), written.error());
                return;
            }
            if (run)
                studies_.run(text);
            else
                Q_EMIT openRequested(text);
        });
}

void StudyDesk::importPublished() {
    const QString published =
        QFileDialog::getExistingDirectory(window_, tr("Published masks and results"), settings_->lastOpened());
    if (published.isEmpty()) return;
    settings_->setLastOpened(published);
    startImport(published, textFromPath(settings_->baseFolder() / "published"));
}

JobId StudyDesk::startImport(const QString& published, const QString& out) {
    const JobId id =
        jobs_->start([from = pathFromText(published), to = pathFromText(out)] { return makeImportJob(from, to); }, out);
    tabs_->addJob(id);
    imports_[id] = out;
    return id;
}

void StudyDesk::saveReport(const QString& study) {
    const QString file = QFileDialog::getSaveFileName(window_, tr("Save the report"),
                                                      study + QStringLiteral("/report.html"), tr("HTML (*.html)"));
    if (!file.isEmpty()) startReport(study, file);
}

void StudyDesk::startReport(const QString& study, const QString& file) {
    ReportRequest request;
    request.study = pathFromText(study);
    request.out = pathFromText(file);
    if (const QString published = settings_->published(); !published.isEmpty() && published != study)
        request.published = pathFromText(published);
    reader_.ask<ReportReport>(
        file,
        [request]() -> Result<ReportReport> {
            auto outcome = run_report(request);
            if (outcome.failed()) return outcome.error();
            return *std::move(outcome);
        },
        [this, study, file](const Result<ReportReport>& written) {
            if (written)
                Q_EMIT reportSaved(file);
            else
                Q_EMIT failed(tr("Report of %1").arg(study), written.error());
        });
}

void StudyDesk::attach(RunView* view) {
    connect(view->parts(), &RunParts::brushed, this, &StudyDesk::showBrush);
    connect(view, &RunView::studyShown, this, [this, view] { fillReproduction(view); });
    if (view->parts()->studyView()) fillReproduction(view);
}

void StudyDesk::fillReproduction(RunView* view) {
    const bool made = view->parts()->reproductionView() != nullptr;
    ReproductionView* page = view->parts()->reproduction();
    if (!made) {
        const QString folder = view->folder();
        connect(page, &ReproductionView::publishedChanged, this, [this](const QString& published) {
            settings_->setPublished(published);
            refreshReproductions();
        });
        connect(page, &ReproductionView::runRequested, this,
                [this, folder](const QStringList& ids) { studies_.run(folder, ids); });
        connect(page, &ReproductionView::reportRequested, this, [this, folder] { saveReport(folder); });
    }
    readReproductionOf(view);
}

void StudyDesk::readReproductionOf(RunView* view) {
    const QString folder = view->folder();
    const std::filesystem::path compared = settings_->publishedBeside(folder);
    reader_.ask<ReproductionOverview>(
        folder + QLatin1Char('\n') + textFromPath(compared),
        [path = pathFromText(folder), compared] { return readReproduction(path, compared); },
        [this, folder, page = QPointer(view->parts()->reproductionView())](const Result<ReproductionOverview>& read) {
            if (!page) return;
            if (read) {
                page->setOverview(*read);
                const auto state = studies_.runState(folder);
                page->setBusy(state && isActive(*state));
            } else {
                Q_EMIT failed(tr("Reproduction of %1").arg(folder), read.error());
            }
        });
}

void StudyDesk::refreshReproductions() {
    for (int i = 0; i < tabs_->count(); ++i)
        if (auto* view = qobject_cast<RunView*>(tabs_->widget(i)); view && view->parts()->reproductionView())
            readReproductionOf(view);
}

}  // namespace lottery::gui
