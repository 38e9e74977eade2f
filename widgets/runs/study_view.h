// SPDX-License-Identifier: GPL-3.0-or-later
//
// A study folder: its runs, each a double click away, and its figures.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStringList>
#include <QWidget>

#include "widgets/runs/study_folder.h"

class QLabel;
class QListWidget;
class QPushButton;
class QSvgRenderer;
class QTableWidget;

namespace lottery::gui {

// One SVG figure, as large as fits, on white as on paper.
class FigurePreview : public QWidget {
    Q_OBJECT

public:
    explicit FigurePreview(QWidget* parent = nullptr);
    // False when the file is no figure.
    bool setFile(const QString& path);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QSvgRenderer* renderer_;
};

class StudyView : public QWidget {
    Q_OBJECT

public:
    explicit StudyView(QWidget* parent = nullptr);

    void setStudy(const StudyFolder& study);
    QTableWidget* runs() const { return runs_; }
    QListWidget* figures() const { return figures_; }

Q_SIGNALS:
    void openRequested(const QString& folder);
    // A right click on a run.
    void menuRequested(const QString& folder, const QPoint& globalPosition);
    // Two runs were chosen, the one that stands above first.
    void compareRequested(const QString& here, const QString& there);

private:
    QStringList selectedFolders() const;

    QLabel* summary_;
    QPushButton* compare_;
    QTableWidget* runs_;
    QListWidget* figures_;
    FigurePreview* preview_;
    QWidget* figurePane_;
};

}  // namespace lottery::gui
