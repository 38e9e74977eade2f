// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/attention_desk.h"

#include <QFileDialog>
#include <algorithm>
#include <utility>

#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/window_settings.h"
#include "core/data/glue_reader.h"
#include "core/study/attention_run.h"
#include "core/study/map_patterns.h"
#include "widgets/attention/attention_controls.h"
#include "widgets/attention/attention_search_view.h"
#include "widgets/attention/attention_view.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

// Maps of all pages are computed on one worker, searches on another: neither is one that jobs run on.
const QString kMapsWorker = QStringLiteral("attention");
const QString kSearchWorker = QStringLiteral("attention search");

}  // namespace

struct AttentionDesk::Answer {
    AttentionPicture picture;
    AttentionTexts texts;  // where they were needed
    std::vector<FoundText> found;
};

struct AttentionDesk::Patterns {
    std::vector<std::optional<MapPattern>> found;
    std::string classifier;
};

namespace {

QString nameOf(const AttentionSide& side, const std::vector<AttentionChoice>& models) {
    return AttentionDesk::tr("%1, %2").arg(models[static_cast<std::size_t>(side.model)].name,
                                           QString::fromStdString(kind_name(side.kind)));
}

}  // namespace

AttentionDesk::AttentionDesk(WindowSettings* settings, RunTabs* tabs, QObject* parent)
    : QObject(parent),
      settings_(settings),
      tabs_(tabs),
      maps_shelf_(std::make_shared<ModelShelf>(2)),
      search_shelf_(std::make_shared<ModelShelf>(1)),
      classifier_(std::make_shared<std::shared_ptr<MapClassifier>>()) {
    connect(tabs_, &RunTabs::viewAdded, this, &AttentionDesk::attach);
    connect(&runner_, &JobRunner::happened, this, [this](JobId id, const JobEvent& event) {
        AttentionView* page = pageOf(id);
        const auto* progress = std::get_if<Progress>(&event);
        if (page && progress) page->setProgress(*progress, id == labs_[page].search);
    });
    connect(&runner_, &JobRunner::ended, this, &AttentionDesk::takeEnd);
}

AttentionView* AttentionDesk::pageOf(JobId id) const {
    const auto found = std::ranges::find_if(labs_, [&](const auto& entry) {
        return entry.second.job == id || entry.second.search == id || entry.second.patternsJob == id;
    });
    return found == labs_.end() ? nullptr : found->first;
}

void AttentionDesk::attach(RunView* view) {
    connect(view, &RunView::resultShown, this, [this, view] { offer(view); });
    if (!view->resultFolder().isEmpty()) offer(view);
}

// Where there is a model to look at. What the page showed of another result of the tab is gone with it.
void AttentionDesk::offer(RunView* view) {
    const fs::path folder = pathFromText(view->resultFolder());
    AttentionChoices choices = attentionChoices(folder, settings_->lastDraft({}));
    if (choices.models.empty()) return;
    AttentionView* page = view->parts()->attention();
    const bool known = labs_.contains(page);
    Lab& lab = labs_[page];
    for (const JobId id : {lab.job, lab.patternsJob, lab.search}) runner_.cancel(id);
    lab = Lab{};
    lab.folder = view->resultFolder();
    lab.choices = std::move(choices);
    const RunDraft& draft = lab.choices.draft;
    if (!draft.data.empty() && find_task_files(task_info(draft.task), draft.data)) lab.task = draft.task;
    const QString why =
        lab.task ? QString() : tr("No GLUE folder with this task's examples is known; type a sentence.");
    page->setTitle(view->title());
    page->setProvenance({{"run", view->title().toStdString()}, {"folder", folder.string()}});
    QStringList names;
    for (const AttentionChoice& choice : lab.choices.models) names << choice.name;
    page->controls()->setModels(names);
    page->controls()->setTask(lab.task ? taskName(draft.task) : QString(), why);
    page->search()->setAvailable(lab.task.has_value(), why);
    if (!known) {
        connect(view->parts(), &QTabWidget::currentChanged, page, [this, view, page] {
            if (view->parts()->currentWidget() == page && !page->picture().maps && labs_[page].job == 0) compute(page);
        });
        connect(page, &AttentionView::wished, this, [this, page] { compute(page); });
        connect(page, &AttentionView::folderWanted, this, [this, page] { chooseFolder(page); });
        connect(page, &AttentionView::searchRequested, this, [this, page](AttendsTo what) { search(page, what); });
        connect(page, &AttentionView::patternsWanted, this, [this, page] { classify(page); });
        connect(page, &AttentionView::saveRequested, this, [this, page] { save(page); });
        connect(page, &QObject::destroyed, this, [this, page] {
            const Lab& gone = labs_[page];
            for (const JobId id : {gone.job, gone.patternsJob, gone.search}) runner_.cancel(id);
            labs_.erase(page);
        });
    }
    if (view->parts()->currentWidget() == page) compute(page);
}

AttentionWork AttentionDesk::workOf(const Lab& lab, TextSplit split) const {
    const RunDraft& draft = lab.choices.draft;
    return {lab.choices.models,
            lab.task,
            draft.data,
            draft.evaluate_max_seq_length,
            split,
            lab.texts[static_cast<std::size_t>(split)]};
}

void AttentionDesk::compute(AttentionView* page) {
    Lab& lab = labs_[page];
    const AttentionWish wish = page->controls()->wish();
    runner_.cancel(lab.job);
    runner_.cancel(lab.patternsJob);
    lab.job = 0;
    lab.patternsJob = 0;
    page->setBusy(false);
    page->controls()->setExampleCount(wish.split, lab.texts[static_cast<std::size_t>(wish.split)]
                                                      ? std::ssize(*lab.texts[static_cast<std::size_t>(wish.split)])
                                                      : -1);
    if (wish.source == AttentionWish::Source::Typed && wish.text.text.empty()) return;
    const AttentionWork work = workOf(lab, wish.split);
    if (!work.has(wish.side) || (wish.minus && !work.has(*wish.minus))) return;
    page->setBusy(true);
    lab.wish = wish;
    lab.answer = std::make_shared<Answer>();
    Job job;
    job.title = lab.folder;
    job.device = kMapsWorker;
    job.work = [wish, work, answer = lab.answer, shelf = maps_shelf_](const std::stop_token& stop,
                                                                      JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(answer->picture, pictureOf(work, wish, *shelf, answer->texts, stop, events));
        return Unit{};
    };
    lab.job = runner_.submit(std::move(job));
}

void AttentionDesk::search(AttentionView* page, AttendsTo what) {
    Lab& lab = labs_[page];
    const auto head = page->shownHead();
    const AttentionSide side = page->controls()->wish().side;
    lab.split = page->controls()->split();
    const AttentionWork work = workOf(lab, lab.split);
    if (!head || !work.has(side)) return;
    runner_.cancel(lab.search);
    lab.results = std::make_shared<Answer>();
    lab.searched = tr("Head %1 (%2) attends most to %3")
                       .arg(QString::fromStdString(component_id(*head)), nameOf(side, lab.choices.models),
                            QString::fromUtf8(info(what).name.data(), static_cast<qsizetype>(info(what).name.size())));
    Job job;
    job.title = lab.folder;
    job.device = kSearchWorker;
    job.work = [side, what, head = *head, work, answer = lab.results, shelf = search_shelf_](
                   const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(answer->texts, work.read());
        LOTTERY_TRY(const auto model,
                    shelf->take(work.models[static_cast<std::size_t>(side.model)].request, stop, events));
        const AttentionSearch search{head.layer, head.head, what, side.kind, work.max_tokens, 100};
        LOTTERY_TRY(answer->found, model->find(*answer->texts, search, stop, events));
        return Unit{};
    };
    lab.search = runner_.submit(std::move(job));
}

void AttentionDesk::takeTexts(AttentionView* page, Lab& lab, const AttentionTexts& texts, TextSplit split) {
    if (!texts) return;
    lab.texts[static_cast<std::size_t>(split)] = texts;
    page->controls()->setExampleCount(split, std::ssize(*texts));
}

void AttentionDesk::takePicture(AttentionView* page, Lab& lab, const JobEnd& end) {
    const auto answer = std::exchange(lab.answer, nullptr);
    lab.job = 0;
    takeTexts(page, lab, answer->texts, lab.wish.split);
    if (end.state == JobState::Failed) page->setFailed(QString::fromStdString(end.error.to_string()));
    if (end.state != JobState::Done) return;
    QString what = nameOf(lab.wish.side, lab.choices.models);
    if (lab.wish.minus) what = tr("%1 minus %2").arg(what, nameOf(*lab.wish.minus, lab.choices.models));
    page->setPicture(std::move(answer->picture), what, lab.wish);
    if (page->wantsPatterns()) classify(page);
    Q_EMIT shown();
}

// After the maps are shown: telling their classes takes longer than computing them.
void AttentionDesk::classify(AttentionView* page) {
    Lab& lab = labs_[page];
    runner_.cancel(lab.patternsJob);
    lab.patternsJob = 0;
    const auto maps = page->picture().maps;
    if (!maps || maps->difference || lab.job != 0) return;
    lab.patterns = std::make_shared<Patterns>();
    Job job;
    job.title = lab.folder;
    job.device = kMapsWorker;
    job.work = [maps, answer = lab.patterns, classifier = classifier_](const std::stop_token& stop,
                                                                       JobEvents&) -> Outcome<Unit> {
        if (!*classifier) {
            LOTTERY_TRY(*classifier, MapClassifier::open(std::nullopt));
        }
        answer->classifier = describe((*classifier)->info().kind);
        LOTTERY_TRY(answer->found, (*classifier)->classify(*maps, stop));
        return Unit{};
    };
    lab.patternsJob = runner_.submit(std::move(job));
}

void AttentionDesk::takePatterns(AttentionView* page, Lab& lab, const JobEnd& end) {
    const auto answer = std::exchange(lab.patterns, nullptr);
    lab.patternsJob = 0;
    if (end.state == JobState::Failed) page->setNoPatterns(QString::fromStdString(end.error.message));
    if (end.state == JobState::Done)
        page->setPatterns(std::move(answer->found), QString::fromStdString(answer->classifier));
}

void AttentionDesk::takeFound(AttentionView* page, Lab& lab, const JobEnd& end) {
    const auto answer = std::exchange(lab.results, nullptr);
    lab.search = 0;
    takeTexts(page, lab, answer->texts, lab.split);
    if (end.state == JobState::Failed) page->search()->setFailed(QString::fromStdString(end.error.to_string()));
    if (end.state == JobState::Done) page->search()->setFound(answer->found, *answer->texts, lab.searched);
}

void AttentionDesk::takeEnd(JobId id, const JobEnd& end) {
    if (const auto save = saves_.find(id); save != saves_.end()) {
        const QString folder = save->second;
        saves_.erase(save);
        if (end.state == JobState::Done) Q_EMIT saved(folder);
        if (end.state == JobState::Failed) Q_EMIT failed(tr("Save the maps in %1").arg(folder), end.error);
        return;
    }
    AttentionView* page = pageOf(id);
    if (!page) return;
    Lab& lab = labs_[page];
    if (lab.job == id)
        takePicture(page, lab, end);
    else if (lab.patternsJob == id)
        takePatterns(page, lab, end);
    else
        takeFound(page, lab, end);
}

void AttentionDesk::chooseFolder(AttentionView* page) {
    Lab& lab = labs_[page];
    const QString folder = QFileDialog::getExistingDirectory(page, tr("Checkpoint to look at"), lab.folder);
    if (folder.isEmpty()) return;
    addModel(page, folder);
}

void AttentionDesk::addModel(AttentionView* page, const QString& folder) {
    Lab& lab = labs_[page];
    lab.choices.models.push_back(chosenCheckpoint(pathFromText(folder), lab.choices.draft));
    QStringList names;
    for (const AttentionChoice& choice : lab.choices.models) names << choice.name;
    page->controls()->setModels(names);
    page->controls()->chooseModel(static_cast<int>(names.size()) - 1);
}

void AttentionDesk::save(AttentionView* page) {
    const AttentionPicture& picture = page->picture();
    if (!picture.maps) return;
    fs::path base = settings_->baseFolder();
    std::error_code error;
    while (base.has_relative_path() && !fs::exists(base, error)) base = base.parent_path();
    const QString chosen =
        QFileDialog::getSaveFileName(page, tr("Save the maps as a folder"), textFromPath(base / "attention"), {},
                                     nullptr, QFileDialog::ShowDirsOnly);
    if (chosen.isEmpty()) return;
    Job job;
    job.title = chosen;
    job.device = kMapsWorker;
    job.work = [maps = picture.maps, text = picture.text, folder = pathFromText(chosen)](const std::stop_token&,
                                                                                         JobEvents&) -> Outcome<Unit> {
        LOTTERY_CHECK(write_maps(*maps, text, folder));
        return Unit{};
    };
    saves_[runner_.submit(std::move(job))] = chosen;
}

}  // namespace lottery::gui
