// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything a mask search says of the selected head or MLP: state, importance over the steps as a small plot, and
// the same as a table. Of a study: task by task how many seeds keep it, its importance, and its surviving weights.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>

#include "core/analysis/component_facts.h"
#include "widgets/runs/component_history.h"

class QLabel;
class QStackedWidget;
class QTableWidget;

namespace lottery::gui {

// Importance over steps; masked steps are hollow, steps that were not kept are crossed.
class ImportanceSparkline : public QWidget {
    Q_OBJECT

public:
    explicit ImportanceSparkline(QWidget* parent = nullptr);
    void setHistory(const ComponentHistory& history);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    ComponentHistory history_;
};

class ComponentInspector : public QWidget {
    Q_OBJECT

public:
    explicit ComponentInspector(QWidget* parent = nullptr);

    void clear();
    // `run`: which search this is, e.g. its title.
    void showHistory(const ComponentHistory& history, const QString& run);
    // What a study says of it; `study`: which that is. Clears where it says nothing.
    void showFacts(const ComponentFacts& facts, const QString& study);

    QString headline() const;
    QString state() const;
    QTableWidget* table() const { return table_; }
    QTableWidget* factsTable() const { return facts_; }

private:
    void begin(const lottery::Component& component, const QString& where, const QString& state, bool history);

    QStackedWidget* pages_;
    QLabel* name_;
    QLabel* run_;
    QLabel* state_;
    QLabel* now_;
    QLabel* title_;
    ImportanceSparkline* plot_;
    QTableWidget* table_;
    QTableWidget* facts_;
};

}  // namespace lottery::gui
