// SPDX-License-Identifier: GPL-3.0-or-later
//
// A warning in words beside its sign; not there at all while it has no text.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>

class QLabel;

namespace lottery::gui {

class WarningLabel : public QWidget {
    Q_OBJECT

public:
    explicit WarningLabel(QWidget* parent = nullptr);

    // Shown when there is a text, hidden when there is none.
    void setText(const QString& text);
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    void drawSign();

    QLabel *sign_, *text_;
};

}  // namespace lottery::gui
