// SPDX-License-Identifier: GPL-3.0-or-later
//
// The training of a classifier of attention patterns while it runs, and how it tells the maps that were set aside:
// curves, the confusion matrix with precision and recall, and the maps that it got wrong.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "core/attention/pattern_scores.h"
#include "core/attention/pattern_training.h"
#include "core/figures/figure.h"
#include "core/figures/lines_figure.h"

class QLabel;
class QListWidget;
class QTableWidget;

namespace lottery::gui {

class FigureExportButton;
class FigureView;

// A map that was taken for another class.
struct WrongCase {
    std::string name;           // of its file
    int size = 0;               // S
    std::vector<float> values;  // [S,S]
    PatternClass truth = PatternClass::Vertical;
    PatternClass predicted = PatternClass::Vertical;
    float probability = 0.0F;  // that the classifier gave the class it took
};

// Two panels, loss and accuracy, of training and validation over the epochs.
LinesContent trainingContent(const std::vector<PatternEpoch>& epochs);

class ClassifierTrainingView : public QWidget {
    Q_OBJECT

public:
    explicit ClassifierTrainingView(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const FigureMetadata& provenance);
    // A training of so many epochs begins: nothing is known yet.
    void begin(int epochs);
    void addEpoch(const PatternEpoch& epoch);
    // Of the epoch that was kept, on the maps set aside. `wrong` may be fewer than the scores count.
    void setScores(const PatternScores& scores, std::vector<WrongCase> wrong);
    // Instead of what the training says: that it failed, or was stopped, and why. What is shown stays.
    void setMessage(const QString& text);

    [[nodiscard]] const std::vector<PatternEpoch>& epochs() const { return epochs_; }
    QLabel* status() const { return status_; }
    FigureView* curves() const { return curves_; }
    // Classes in rows; what they were taken for, recall in columns; precision in the last row.
    QTableWidget* confusion() const { return confusion_; }
    QListWidget* cases() const { return cases_; }
    FigureView* map() const { return map_; }

private:
    void showCurves();
    void showCase(int row);
    void clearScores();

    std::vector<PatternEpoch> epochs_;
    std::vector<WrongCase> wrong_;
    int wanted_ = 0;  // epochs
    QString title_;

    QLabel* heading_;
    QLabel* status_;
    FigureView* curves_;
    FigureExportButton* export_;
    QLabel* summary_;
    QTableWidget* confusion_;
    QLabel* casesLabel_;
    QListWidget* cases_;
    FigureView* map_;
};

}  // namespace lottery::gui
