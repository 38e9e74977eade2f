// SPDX-License-Identifier: GPL-3.0-or-later
//
// Slider and buttons through the steps of something that may still be growing.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>

class QLabel;
class QSlider;
class QToolButton;

namespace lottery::gui {

class TransportBar : public QWidget {
    Q_OBJECT

public:
    explicit TransportBar(QWidget* parent = nullptr);

    // Steps are 0 … count-1; none with count 0. Does not emit.
    void setState(int count, int current, bool live);

Q_SIGNALS:
    // A person asks for a step.
    void stepRequested(int index);
    // A person asks to follow the newest step, or to stay with this one.
    void liveRequested(bool on);

protected:
    void changeEvent(QEvent* event) override;

private:
    void drawIcons();

    QToolButton *first_, *previous_, *next_, *last_, *live_;
    QSlider* slider_;
    QLabel* position_;
    int count_ = 0, current_ = -1;
};

}  // namespace lottery::gui
