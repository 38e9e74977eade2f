// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window shows first: what can be begun, and where one was last.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>

#include "widgets/runs/run_draft.h"

class QBoxLayout;
class QListView;
class QStackedWidget;

namespace lottery::gui {

class RecentModel;

class StartPage : public QWidget {
    Q_OBJECT

public:
    // `recent` must outlive the page.
    explicit StartPage(RecentModel* recent, QWidget* parent = nullptr);

    QListView* recentList() const { return list_; }

Q_SIGNALS:
    void newRunRequested(lottery::gui::RunKind kind);
    void openRequested();
    void demoRequested();
    void newStudyRequested();
    void importRequested();
    void folderChosen(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void updateRecent();
    void showRecentMenu(const QPoint& position);

    RecentModel* recent_;
    QBoxLayout* columns_;
    QStackedWidget* recentPages_;
    QListView* list_;
};

}  // namespace lottery::gui
