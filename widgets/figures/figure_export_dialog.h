// SPDX-License-Identifier: GPL-3.0-or-later
//
// Asks how a figure shall be saved, with a preview at its true proportions.
//
// Thread rule: GUI thread.
#pragma once

#include <QDialog>
#include <memory>

#include "widgets/figures/export_figure.h"

namespace lottery::gui {

class FigureExportDialog : public QDialog {
    Q_OBJECT

public:
    // `builder` is called for every change of size; `name` is the suggested file name without extension.
    FigureExportDialog(FigureBuilder builder, const QString& name, FigureMetadata metadata, QWidget* parent = nullptr);
    ~FigureExportDialog() override;

    void setFormat(FigureFormat format);
    // The figure as it would be saved now.
    [[nodiscard]] const Figure& figure() const;

public Q_SLOTS:
    // Saves and closes; on failure the reason is shown in the dialog, which stays open.
    void accept() override;

Q_SIGNALS:
    void exported(const QString& path);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery::gui
