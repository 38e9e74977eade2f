// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reproduction page: the paper's figures and tables as a checklist, what is missing of each and a button that makes
// it, and ours beside the published scores.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStringList>
#include <QWidget>

#include "core/data/task.h"
#include "widgets/reproduction/reproduction_overview.h"

class QLabel;
class QPushButton;
class QTableView;

namespace lottery::gui {

class ChecklistModel;
class ComparisonModel;
class ComparisonProxy;
class PathEdit;

class ReproductionView : public QWidget {
    Q_OBJECT

public:
    explicit ReproductionView(QWidget* parent = nullptr);

    // What is selected stays selected.
    void setOverview(const ReproductionOverview& overview);
    // Whether a job works on the study: nothing can be begun then.
    void setBusy(bool busy);

    QTableView* checklist() const { return checklist_; }
    QTableView* comparison() const { return comparison_; }
    PathEdit* publishedLine() const { return published_; }

Q_SIGNALS:
    // Another folder of published results, or none.
    void publishedChanged(const QString& folder);
    // Jobs of the study, and what they need.
    void runRequested(const QStringList& ids);
    void reportRequested();
    // A person wants to see a run behind a score.
    void experimentActivated(const QString& experiment, lottery::TaskId task);

private:
    QWidget* makeChecklist();
    QWidget* makeComparison();
    void showSelected();

    ChecklistModel* items_;
    ComparisonModel* cells_;
    ComparisonProxy* shownCells_;
    PathEdit* published_;
    QLabel* scope_;
    QTableView* checklist_;
    QLabel* detail_;
    QPushButton* run_;
    QPushButton* runAll_;
    QPushButton* report_;
    QLabel* verdicts_;
    QTableView* comparison_;
    QLabel* problem_;
    bool busy_ = false;
};

}  // namespace lottery::gui
