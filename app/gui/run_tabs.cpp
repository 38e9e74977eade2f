// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_tabs.h"

#include <QTabBar>

#include "app/gui/jobs_controller.h"
#include "resources/themed_icon.h"

namespace lottery::gui {

RunTabs::RunTabs(QWidget* startPage, JobsController* jobs, QWidget* parent) : QTabWidget(parent), jobs_(jobs) {
    setDocumentMode(true);
    setMovable(true);
    setTabsClosable(true);
    setElideMode(Qt::ElideMiddle);
    addTab(startPage, themedIcon(QStringLiteral("home")), tr("Start"));
    for (const auto side : {QTabBar::LeftSide, QTabBar::RightSide}) {
        if (QWidget* button = tabBar()->tabButton(0, side)) {
            button->deleteLater();
            tabBar()->setTabButton(0, side, nullptr);
        }
    }
    connect(this, &QTabWidget::tabCloseRequested, this, &RunTabs::close);
    connect(this, &QTabWidget::currentChanged, this, &RunTabs::selectionChanged);
    connect(jobs_, &JobsController::started, this, [this](JobId id) {
        if (RunView* shown = view(id)) shown->onStarted(id);
        updateIcon(id);
    });
    connect(jobs_, &JobsController::happened, this, [this](JobId id, const JobEvent& event) {
        if (RunView* shown = view(id)) shown->onEvent(id, event);
    });
    connect(jobs_, &JobsController::stateChanged, this, [this](JobId id) {
        const JobRecord* record = jobs_->jobs()->record(id);
        if (RunView* shown = view(id); shown && record) shown->onState(id, record->state);
        updateIcon(id);
    });
    connect(jobs_, &JobsController::ended, this, [this](JobId id, const JobEnd& end) {
        if (RunView* shown = view(id)) shown->onEnded(id, end);
        updateIcon(id);
    });
    connect(jobs_, &JobsController::replaced, this, [this](JobId before, JobId now) {
        if (RunView* shown = view(before)) {
            shown->takeJob(now);
            setCurrentWidget(shown);
            updateIcon(now);
        } else {
            addJob(now);
        }
    });
}

int RunTabs::addView(RunView* view) {
    const int index = addTab(view, themedIcon(view->tabIcon()), view->title());
    setTabToolTip(index, view->folder().isEmpty() ? view->title() : view->folder());
    connect(view, &RunView::selectionChanged, this, [this, view] {
        if (view == current()) Q_EMIT selectionChanged();
    });
    connect(view, &RunView::componentSelected, this,
            [this, view](const Component& component) { selectEverywhere(view, component); });
    if (selected_) view->select(*selected_);
    setCurrentIndex(index);
    Q_EMIT viewAdded(view);
    return index;
}

RunView* RunTabs::addJob(JobId id) {
    const JobRecord* record = jobs_->jobs()->record(id);
    if (!record) return nullptr;
    const auto draft = jobs_->draft(id);
    if (!draft && !record->folder.isEmpty() && showFolder(record->folder)) {
        RunView* shown = current();
        shown->takeJob(id);
        updateIcon(id);
        return shown;
    }
    auto* view = draft ? new RunView(id, *draft) : new RunView(id, record->title, record->folder);
    addView(view);
    return view;
}

RunView* RunTabs::addFolder(const RunFolder& run) {
    auto* view = new RunView(run);
    addView(view);
    return view;
}

bool RunTabs::showFolder(const QString& folder) {
    for (int i = 0; i < count(); ++i) {
        const auto* shown = qobject_cast<RunView*>(widget(i));
        if (!shown || !shown->isOfFolder(folder)) continue;
        setCurrentIndex(i);
        return true;
    }
    return false;
}

void RunTabs::showStartPage() {
    for (int i = 0; i < count(); ++i) {
        if (!qobject_cast<RunView*>(widget(i))) setCurrentIndex(i);
    }
}

RunView* RunTabs::current() const { return qobject_cast<RunView*>(currentWidget()); }

RunView* RunTabs::view(JobId id) const {
    for (int i = 0; i < count(); ++i) {
        auto* shown = qobject_cast<RunView*>(widget(i));
        if (shown && id != 0 && shown->job() == id) return shown;
    }
    return nullptr;
}

void RunTabs::showJob(JobId id) {
    if (RunView* shown = view(id)) setCurrentWidget(shown);
}

void RunTabs::close(int index) {
    // The job of a closed tab goes on; the jobs panel still shows it.
    auto* shown = qobject_cast<RunView*>(widget(index));
    if (!shown) return;
    removeTab(index);
    shown->deleteLater();
}

// One head or MLP is looked at in all tabs.
void RunTabs::selectEverywhere(const RunView* source, const Component& component) {
    selected_ = component;
    for (int i = 0; i < count(); ++i)
        if (auto* shown = qobject_cast<RunView*>(widget(i)); shown && shown != source) shown->select(component);
}

void RunTabs::closeCurrent() { close(currentIndex()); }

void RunTabs::step(int delta) { setCurrentIndex((currentIndex() + delta + count()) % count()); }

void RunTabs::updateIcon(JobId id) {
    RunView* shown = view(id);
    const JobRecord* record = jobs_->jobs()->record(id);
    if (!shown || !record) return;
    const bool calm = record->state == JobState::Done;
    setTabIcon(indexOf(shown), themedIcon(calm ? shown->tabIcon() : stateIcon(record->state)));
}

}  // namespace lottery::gui
