// SPDX-License-Identifier: GPL-3.0-or-later
//
// A button that opens a list of things to check; none checked means all of them.
//
// Thread rule: GUI thread.
#pragma once

#include <QStringList>
#include <QToolButton>

namespace lottery::gui {

class CheckMenu : public QToolButton {
    Q_OBJECT

public:
    // `all`: what the button says when nothing is left out: "all tasks".
    explicit CheckMenu(const QString& all, QWidget* parent = nullptr);

    // What was checked stays checked where it is still there; nothing is emitted.
    void setItems(const QStringList& items);
    // Empty: all.
    [[nodiscard]] QStringList checked() const;
    void setChecked(const QStringList& items);

Q_SIGNALS:
    void checkedChanged();

private:
    void updateText();

    QString all_;
};

}  // namespace lottery::gui
