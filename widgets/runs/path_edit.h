// SPDX-License-Identifier: GPL-3.0-or-later
//
// A line for a folder or a file: typed, chosen in a dialog, completed, or dropped on it.
//
// Thread rule: GUI thread only.
#pragma once

#include <QLineEdit>
#include <filesystem>

class QAction;

namespace lottery::gui {

class PathEdit : public QLineEdit {
    Q_OBJECT

public:
    enum class Wants { Folder, ExistingFile, NewFolder, NewFile };

    // `filter` as in QFileDialog, for files.
    PathEdit(Wants wants, QString caption, QString filter, QWidget* parent = nullptr);

    std::filesystem::path path() const;
    void setPath(const std::filesystem::path& path);
    // Opens the system's dialog; the line changes when something is chosen.
    void browse();

Q_SIGNALS:
    // A person changed the path: by typing, in the dialog or by dropping.
    void edited();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void complete();

    Wants wants_;
    QString caption_;
    QString filter_;
};

}  // namespace lottery::gui
