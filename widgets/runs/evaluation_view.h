// SPDX-License-Identifier: GPL-3.0-or-later
//
// The result of an evaluation: the scores with the components removed and masked to 0 beside the majority baseline,
// what was kept and what that gains in time, and how often each class was predicted, so that a degenerate model is
// recognised at a glance.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QWidget>
#include <vector>

#include "core/study/runs.h"

class QLabel;
class QTableView;

namespace lottery::gui {

class WarningLabel;

// One row a figure of the report, in sections; a section begins with its heading, and may end with a sentence.
class EvaluationModel : public QAbstractTableModel {
    Q_OBJECT

public:
    // Without masks there is one score, in Value, and Other is empty. With masks Value is removed, Other masked to 0.
    enum Column { Name, Value, Other, Baseline, ColumnCount };
    enum Role {
        ShareRole = Qt::UserRole,  // double 0…1 of rows that are shares of the predictions
        SpanRole,                  // bool: the row's text goes on to the right of Value
        NoteRole,                  // bool: a sentence over the whole width
    };

    explicit EvaluationModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setReport(const EvaluateReport& report);
    void clear();
    // The report had masks: Other is filled.
    [[nodiscard]] bool isMasked() const { return masked_; }
    // Tab-separated, with a header, for spreadsheets.
    QString toText() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    enum class Kind { Heading, Score, Text, Share, Note };
    struct Row {
        Kind kind = Kind::Score;
        QString name;
        QString value;
        QString other;
        QString baseline;
        QString hint;
        double share = 0.0;
    };
    void addScores(const EvaluateReport& report);
    void addSize(const EvaluateReport& report);
    void addSpeed(const EvaluateReport& report);
    void addPredictions(const EvaluateReport& report);

    std::vector<Row> rows_;
    bool masked_ = false;
};

class EvaluationView : public QWidget {
    Q_OBJECT

public:
    explicit EvaluationView(QWidget* parent = nullptr);

    void clear();
    void setTitle(const QString& title);
    void setReport(const EvaluateReport& report);
    EvaluationModel* model() const { return model_; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void copy();
    void layOut();

    EvaluationModel* model_;
    QLabel* title_;
    QLabel* hint_;
    WarningLabel* warning_;
    QTableView* table_;
};

// "accuracy" for "acc", and so on; the name itself when there is none.
QString metricTitle(const std::string& name);

}  // namespace lottery::gui
