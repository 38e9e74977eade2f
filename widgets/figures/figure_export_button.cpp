// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/figure_export_button.h"

#include <QMenu>

#include "resources/themed_icon.h"
#include "widgets/figures/figure_export_dialog.h"

namespace lottery::gui {

FigureExportButton::FigureExportButton(const QString& what, QWidget* parent) : QToolButton(parent) {
    setText(tr("Export"));
    setIcon(themedIcon("figure"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setAutoRaise(true);
    setToolTip(tr("Save or copy the %1").arg(what));
    setAccessibleName(tr("Export the %1").arg(what));
    auto* menu = new QMenu(this);
    for (const FigureFormat format : {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png, FigureFormat::Csv}) {
        QAction* action = menu->addAction(tr("Save as %1…").arg(extensionOf(format).toUpper()));
        action->setObjectName("export-" + extensionOf(format));
        connect(action, &QAction::triggered, this, [this, format] { openDialog(format); });
    }
    menu->addSeparator();
    QAction* image = menu->addAction(themedIcon("copy"), tr("Copy figure"));
    image->setObjectName("copy-figure");
    connect(image, &QAction::triggered, this, &FigureExportButton::copy);
    QAction* numbers = menu->addAction(tr("Copy data"));
    numbers->setObjectName("copy-data");
    connect(numbers, &QAction::triggered, this, [this] {
        if (builder_) copyFigureData(builder_(FigureRequest{}));
    });
    setMenu(menu);
    setEnabled(false);
}

void FigureExportButton::setFigure(const QString& fileName, FigureBuilder builder) {
    fileName_ = fileName;
    builder_ = std::move(builder);
    setEnabled(static_cast<bool>(builder_));
}

void FigureExportButton::setMetadata(FigureMetadata metadata) { metadata_ = std::move(metadata); }

void FigureExportButton::openDialog(FigureFormat format) {
    if (!builder_) return;
    auto* dialog = new FigureExportDialog(builder_, fileName_, metadata_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFormat(format);
    dialog->open();
}

void FigureExportButton::copy() {
    if (builder_) copyFigure(builder_(FigureRequest{}), metadata_);
}

}  // namespace lottery::gui
