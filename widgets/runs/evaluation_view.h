// SPDX-License-Identifier: GPL-3.0-or-later
//
// The result of an evaluation: metrics beside the majority baseline, what was kept, and how often each class was
// predicted, so that a degenerate model is recognised at a glance.
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

// One row a figure of the report.
class EvaluationModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Value, Baseline, ColumnCount };

    explicit EvaluationModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setReport(const EvaluateReport& report);
    void clear();
    // Tab-separated, with a header, for spreadsheets.
    QString toText() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString name;
        QString value;
        QString baseline;
        QString hint;
    };
    std::vector<Row> rows_;
};

class EvaluationView : public QWidget {
    Q_OBJECT

public:
    explicit EvaluationView(QWidget* parent = nullptr);

    void clear();
    void setTitle(const QString& title);
    void setReport(const EvaluateReport& report);
    EvaluationModel* model() const { return model_; }

private:
    void copy();

    EvaluationModel* model_;
    QLabel* title_;
    QLabel* hint_;
    QTableView* table_;
};

// "accuracy" for "acc", and so on; the name itself when there is none.
QString metricTitle(const std::string& name);

}  // namespace lottery::gui
