// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/path_edit.h"

#include <QAction>
#include <QCompleter>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileSystemModel>
#include <QMimeData>
#include <QUrl>

#include "resources/themed_icon.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

PathEdit::PathEdit(Wants wants, QString caption, QString filter, QWidget* parent)
    : QLineEdit(parent), wants_(wants), caption_(std::move(caption)), filter_(std::move(filter)) {
    setClearButtonEnabled(true);
    setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    QAction* choose = addAction(themedIcon(QStringLiteral("open-folder")), QLineEdit::TrailingPosition);
    choose->setToolTip(tr("Choose…"));
    choose->setObjectName(QStringLiteral("browse"));
    connect(choose, &QAction::triggered, this, &PathEdit::browse);
    connect(this, &QLineEdit::textEdited, this, [this] {
        complete();
        Q_EMIT edited();
    });
}

// The completer's file system model starts a thread: only for a line that is really typed in.
void PathEdit::complete() {
    if (completer()) return;
    auto* completion = new QCompleter(this);
    auto* files = new QFileSystemModel(completion);
    const bool folders = wants_ == Wants::Folder || wants_ == Wants::NewFolder;
    files->setFilter(QDir::AllDirs | QDir::NoDotAndDotDot | (folders ? QDir::Filter(0) : QDir::Files));
    files->setRootPath(QDir::rootPath());
    completion->setModel(files);
    setCompleter(completion);
    connect(completion, qOverload<const QString&>(&QCompleter::activated), this, &PathEdit::edited);
}

std::filesystem::path PathEdit::path() const { return pathFromText(text()); }

void PathEdit::setPath(const std::filesystem::path& path) { setText(textFromPath(path)); }

void PathEdit::browse() {
    const QString start = text().isEmpty() ? QDir::homePath() : textFromPath(path());
    QString chosen;
    switch (wants_) {
        case Wants::Folder:
        case Wants::NewFolder:
            chosen = QFileDialog::getExistingDirectory(this, caption_, start);
            break;
        case Wants::ExistingFile:
            chosen = QFileDialog::getOpenFileName(this, caption_, start, filter_);
            break;
        case Wants::NewFile:
            chosen = QFileDialog::getSaveFileName(this, caption_, start, filter_);
            break;
    }
    if (chosen.isEmpty()) return;
    setText(chosen);
    Q_EMIT edited();
}

void PathEdit::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
    else
        QLineEdit::dragEnterEvent(event);
}

void PathEdit::dragMoveEvent(QDragMoveEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
    else
        QLineEdit::dragMoveEvent(event);
}

void PathEdit::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.first().isLocalFile()) {
        QLineEdit::dropEvent(event);
        Q_EMIT edited();
        return;
    }
    setText(urls.first().toLocalFile());
    event->acceptProposedAction();
    Q_EMIT edited();
}

}  // namespace lottery::gui
