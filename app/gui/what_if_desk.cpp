// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/what_if_desk.h"

#include <QFileDialog>
#include <algorithm>

#include "app/gui/follow_ups.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/window_settings.h"
#include "widgets/masks/what_if_view.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

// All editors compute on one worker, which is none of those that jobs run on.
const QString kWorker = QStringLiteral("what-if");

}  // namespace

WhatIfDesk::WhatIfDesk(WindowSettings* settings, RunTabs* tabs, QObject* parent)
    : QObject(parent), settings_(settings), tabs_(tabs) {
    connect(tabs_, &RunTabs::viewAdded, this, &WhatIfDesk::attach);
    connect(&runner_, &JobRunner::happened, this, [this](JobId id, const JobEvent& event) {
        WhatIfView* page = pageOf(id);
        if (!page) return;
        if (const auto* estimate = std::get_if<WhatIfEstimate>(&event)) page->setEstimate(*estimate);
        const auto* message = std::get_if<JobMessage>(&event);
        if (message && message->severity != Severity::Info)
            Q_EMIT warned(tr("What if, %1").arg(editors_[page].folder), QString::fromStdString(message->text));
    });
    connect(&runner_, &JobRunner::ended, this, &WhatIfDesk::takeEnd);
}

void WhatIfDesk::takeEnd(JobId id, const JobEnd& end) {
    if (const auto save = saves_.find(id); save != saves_.end()) {
        const QString folder = save->second;
        saves_.erase(save);
        if (end.state == JobState::Done) Q_EMIT saved(folder);
        if (end.state == JobState::Failed) Q_EMIT failed(tr("Save the masks in %1").arg(folder), end.error);
        return;
    }
    WhatIfView* page = pageOf(id);
    if (!page) return;
    Editor& editor = editors_[page];
    editor.job = 0;
    if (editor.opening && end.state == JobState::Done) return takeOpened(page);
    if (end.state != JobState::Failed) return;
    const QString why = QString::fromStdString(end.error.to_string());
    if (!editor.opening) return page->setFailed(why);
    // Looked at again, it is tried again; what was edited is kept.
    editor.opening.reset();
    editor.model.reset();
    page->setMessage(why);
}

WhatIfView* WhatIfDesk::pageOf(JobId id) const {
    const auto found =
        std::find_if(editors_.begin(), editors_.end(), [&](const auto& entry) { return entry.second.job == id; });
    return found == editors_.end() ? nullptr : found->first;
}

void WhatIfDesk::attach(RunView* view) {
    connect(view, &RunView::resultShown, this, [this, view] { offer(view); });
    if (!view->resultFolder().isEmpty()) offer(view);
}

// Where there is a model to edit masks of. The editor begins anew where there was one.
void WhatIfDesk::offer(RunView* view) {
    const fs::path folder = pathFromText(view->resultFolder());
    const FolderKind kind = folderKind(folder);
    std::error_code error;
    // Blocks of neurons are not edited one by one.
    if ((kind != FolderKind::MaskSearch && kind != FolderKind::Checkpoint) ||
        fs::exists(folder / "neuron_mask.npy", error))
        return;
    const RunDraft draft = modelOf(folder, settings_->lastDraft({}));
    if (draft.checkpoint.empty()) return;
    WhatIfView* page = view->parts()->whatIf();
    const bool known = editors_.contains(page);
    Editor& editor = editors_[page];
    editor.folder = view->resultFolder();
    editor.request.checkpoint = draft.checkpoint;
    editor.request.data = draft.data;
    editor.request.task = draft.task;
    editor.request.seed = draft.seed;
    editor.request.max_seq_length = draft.evaluate_max_seq_length;
    editor.request.device = draft.compute.device;
    editor.masks = kind == FolderKind::MaskSearch ? folder : masksFoundFor(draft.checkpoint);
    page->setTitle(view->title());
    page->setProvenance({{"run", view->title().toStdString()}, {"folder", folder.string()}});
    if (!known) {
        const auto look = [this, view, page] {
            if (view->parts()->currentWidget() == page && !editors_[page].model) open(page);
        };
        connect(view->parts(), &QTabWidget::currentChanged, page, look);
        connect(page, &WhatIfView::masksChanged, this, [this, page] { estimate(page); });
        connect(page, &WhatIfView::examplesChosen, this, [this, page] { open(page); });
        connect(page, &WhatIfView::folderWanted, this, [this, page] { chooseFolder(page); });
        connect(page, &WhatIfView::saveRequested, this, [this, page] { save(page); });
        connect(page, &QObject::destroyed, this, [this, page] {
            runner_.cancel(editors_[page].job);
            editors_.erase(page);
        });
    }
    runner_.cancel(editor.job);
    editor.job = 0;
    editor.opening.reset();
    editor.model.reset();
    if (view->parts()->currentWidget() == page) open(page);
}

void WhatIfDesk::open(WhatIfView* page) {
    Editor& editor = editors_[page];
    // Loading goes on until it is done; what is looked at twice is loaded once.
    if (editor.opening && editor.request.examples == page->examples()) return;
    runner_.cancel(editor.job);
    editor.request.examples = page->examples();
    if (!page->isEditing()) page->setMessage(tr("Loading the model and its examples…"));
    editor.opening = std::make_shared<Opened>();
    Job job;
    job.title = editor.folder;
    job.device = kWorker;
    job.work = [opened = editor.opening, request = editor.request, masks = editor.masks,
                published = settings_->publishedBeside(editor.folder)](const std::stop_token& stop,
                                                                       JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(opened->model, WhatIf::open(request, stop, events));
        LOTTERY_TRY(opened->starts,
                    read_what_if_starts(opened->model->components(), masks, published, request.task, request.seed));
        return Unit{};
    };
    editor.job = runner_.submit(std::move(job));
}

void WhatIfDesk::takeOpened(WhatIfView* page) {
    Editor& editor = editors_[page];
    const std::shared_ptr<Opened> opened = std::move(editor.opening);
    editor.opening.reset();
    editor.model = opened->model;
    page->setModel(
        editor.model->components(),
        [model = editor.model](const ComponentMasks& masks) { return model->parameters(masks); },
        editor.model->parameters(), std::move(opened->starts));
    Q_EMIT loaded();
}

void WhatIfDesk::estimate(WhatIfView* page) {
    Editor& editor = editors_[page];
    if (!editor.model || editor.opening) return;
    runner_.cancel(editor.job);
    Job job;
    job.title = editor.folder;
    job.device = kWorker;
    job.work = [model = editor.model, masks = page->masks()](const std::stop_token& stop,
                                                             JobEvents& events) -> Outcome<Unit> {
        LOTTERY_CHECK(model->estimate(masks, stop, [&](const WhatIfEstimate& estimate) { events.report(estimate); }));
        return Unit{};
    };
    editor.job = runner_.submit(std::move(job));
}

void WhatIfDesk::chooseFolder(WhatIfView* page) {
    const QString folder = QFileDialog::getExistingDirectory(page, tr("Masks to go on from"), editors_[page].folder);
    if (folder.isEmpty()) return;
    const auto masks = read_masks_for(pathFromText(folder), editors_[page].model->components());
    if (masks)
        page->edit(*masks, textFromPath(pathFromText(folder).filename()));
    else
        Q_EMIT failed(tr("Masks of %1").arg(folder), masks.error());
}

void WhatIfDesk::save(WhatIfView* page) {
    const Editor& editor = editors_[page];
    // A folder that is not there yet, in one that is: file dialogs know no others.
    fs::path base = settings_->baseFolder();
    std::error_code error;
    while (base.has_relative_path() && !fs::exists(base, error)) base = base.parent_path();
    const QString name =
        QStringLiteral("what_if_%1_seed_%2").arg(taskName(editor.request.task)).arg(editor.request.seed);
    const QString chosen =
        QFileDialog::getSaveFileName(page, tr("Save the masks as a folder"), textFromPath(base / pathFromText(name)),
                                     {}, nullptr, QFileDialog::ShowDirsOnly);
    if (chosen.isEmpty()) return;
    // The record has the checkpoint's hash, which takes a while.
    Job job;
    job.title = chosen;
    job.device = kWorker;
    job.work = [request = editor.model->request(), masks = page->masks(), estimate = page->estimate(),
                folder = pathFromText(chosen)](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
        LOTTERY_CHECK(save_what_if(request, masks, estimate, folder));
        return Unit{};
    };
    saves_[runner_.submit(std::move(job))] = chosen;
}

}  // namespace lottery::gui
