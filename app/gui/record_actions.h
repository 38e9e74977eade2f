// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one does with a record in the window: compare it with another, take the command of its run along. The dialogs
// are shown without stopping the event loop and delete themselves.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStringList>

class QDialog;
class QWidget;

namespace lottery::gui {

class RunDifferenceDialog;
class RunTabs;

// Folders with a record: those of the open tabs, then the recent ones.
QStringList runsToCompare(const RunTabs& tabs, const QStringList& recent);

// `there` may be empty: a person chooses it, among `others` or elsewhere.
RunDifferenceDialog* showDifference(QWidget* parent, const QString& here, const QString& there,
                                    const QStringList& others);

// A command for the terminal, to be copied.
QDialog* showCommand(QWidget* parent, const QString& command);

}  // namespace lottery::gui
