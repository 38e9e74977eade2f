// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the records (run.json) of two runs differ: a table of key, here and there, what the runs were made from first.
//
// Thread rule: GUI thread only; reads the two records when a run is chosen.
#pragma once

#include <QDialog>
#include <QStringList>
#include <vector>

#include "core/analysis/record_differences.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTreeWidget;

namespace lottery::gui {

class RunDifferenceDialog : public QDialog {
    Q_OBJECT

public:
    // `here`: the run that is compared. `others`: runs that are offered; `here` itself is left out.
    RunDifferenceDialog(const QString& here, const QStringList& others, QWidget* parent = nullptr);
    ~RunDifferenceDialog() override;

    // The other run; shows the differences, or why there are none to show.
    void setThere(const QString& folder);
    QString there() const;

    const std::vector<RecordDifference>& differences() const { return differences_; }
    QTreeWidget* table() const { return table_; }
    // What is said in place of the table; empty while the table is shown.
    QString message() const;
    QString toMarkdown() const;

private:
    void browse();
    void compare();
    void say(const QString& text);
    DifferencesShown shown() const;

    QString here_;
    QComboBox* there_;
    QCheckBox* shaping_;
    QLabel* count_;
    QStackedWidget* pages_;
    QTreeWidget* table_;
    QLabel* message_;
    QPushButton* copy_;
    std::vector<RecordDifference> differences_;
};

}  // namespace lottery::gui
