// SPDX-License-Identifier: GPL-3.0-or-later
//
// The button beside every figure: saves it as PDF, SVG, PNG or CSV, or copies it.
//
// Thread rule: GUI thread.
#pragma once

#include <QToolButton>

#include "widgets/figures/export_figure.h"

namespace lottery::gui {

class FigureExportButton : public QToolButton {
    Q_OBJECT

public:
    // `what` names the figure in tool tips: "heatmap". `builder` is called when a figure is wanted; while it is
    // not set, the button is disabled.
    explicit FigureExportButton(const QString& what, QWidget* parent = nullptr);

    void setFigure(const QString& fileName, FigureBuilder builder);
    void setMetadata(FigureMetadata metadata);

public Q_SLOTS:
    // Opens the export dialog (window-modal).
    void openDialog(lottery::gui::FigureFormat format);
    void copy();

private:
    QString fileName_;
    FigureBuilder builder_;
    FigureMetadata metadata_;
};

}  // namespace lottery::gui
