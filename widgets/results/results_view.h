// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scores of a whole study: a table, and bars in small multiples beside it (below it where the view is narrow). Both
// grow while scores arrive. Selecting a row marks its bar, and the other way round.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/study/study_evaluation.h"

namespace lottery::gui {

class ResultsModel;

class ResultsView : public QWidget {
    Q_OBJECT

public:
    explicit ResultsView(QWidget* parent = nullptr);
    ~ResultsView() override;

    void clear();
    // What was evaluated, e.g. the study's name.
    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const std::map<std::string, std::string>& provenance);
    // What to do, while there are no scores.
    void setPlaceholder(const QString& text);
    // All scores (read_results, StudyEvaluationReport::results); those before are replaced.
    void setResults(const std::vector<lottery::ExperimentResults>& results);
    // One as it arrives, into the table and the bars.
    void addScore(const lottery::StudyScore& score);

    [[nodiscard]] ResultsModel* model() const;
    // Tasks that are shown, by name; empty: all. Without emitting tasksChosen.
    void setTasks(const QStringList& tasks);
    [[nodiscard]] QStringList tasks() const;

Q_SIGNALS:
    // A person wants to see the runs behind a row: double click or Return, on row or bar.
    void experimentActivated(const QString& experiment, lottery::TaskId task);
    // A person checked other tasks.
    void tasksChosen(const QStringList& tasks);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery::gui
