// SPDX-License-Identifier: GPL-3.0-or-later
//
// A window on a folder of its own, and the hands of a person in it.
//
// Thread rule: GUI thread.
#pragma once

#include <QDropEvent>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "app/gui/main_window.h"
#include "tests/gui/tiny_task.h"

namespace lottery::gui::test {

// Milliseconds that a run may take on a busy machine.
inline constexpr int kPatience = 50000;

struct Fixture {
    Fixture() { ready = writeTinyGlue(glue()); }
    QString glue() const { return folder.filePath("glue"); }
    QString path(const char* name) const { return folder.filePath(QLatin1String(name)); }
    QString settings() const { return folder.filePath("settings.ini"); }
    RunDraft draft(RunKind kind, const char* out) const { return tinyDraft(kind, glue(), path(out)); }
    QTemporaryDir folder;
    bool ready = false;
};

inline JobState state(MainWindow& window, JobId id) { return window.jobs()->jobs()->record(id)->state; }

inline void show(MainWindow& window) {
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
}

inline void click(QWidget* in, const char* name) {
    QPushButton* button = nullptr;
    // Offered with the events that follow a run's end.
    QTRY_VERIFY2(
        (button = in->findChild<QPushButton*>(QLatin1String(name))) && button->isVisible() && button->isEnabled(),
        name);
    QTest::mouseClick(button, Qt::LeftButton);
}

inline void drop(QWidget& on, const QString& path) {
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter(QPoint(200, 200), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&on, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(200, 200), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&on, &event);
}

}  // namespace lottery::gui::test
