// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/appearance.h"

#include <QApplication>
#include <QCoreApplication>
#include <QPalette>

namespace lottery::gui {

namespace {

struct Colours {
    QColor window, base, alternate, button, text, placeholder, highlight, highlightedText, link, toolTip;
};

QPalette paletteOf(const Colours& c) {
    QPalette palette(c.button, c.window);
    const auto set = [&](QPalette::ColorRole role, const QColor& colour) { palette.setColor(role, colour); };
    set(QPalette::Window, c.window);
    set(QPalette::WindowText, c.text);
    set(QPalette::Base, c.base);
    set(QPalette::AlternateBase, c.alternate);
    set(QPalette::Text, c.text);
    set(QPalette::Button, c.button);
    set(QPalette::ButtonText, c.text);
    set(QPalette::BrightText, Qt::white);
    set(QPalette::PlaceholderText, c.placeholder);
    set(QPalette::Highlight, c.highlight);
    set(QPalette::HighlightedText, c.highlightedText);
    set(QPalette::Link, c.link);
    set(QPalette::ToolTipBase, c.toolTip);
    set(QPalette::ToolTipText, c.text);
    QColor disabled = c.placeholder;
    disabled.setAlphaF(0.75F);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

QPalette light() {
    return paletteOf({QColor(0xF5, 0xF5, 0xF6), QColor(0xFF, 0xFF, 0xFF), QColor(0xF3, 0xF5, 0xF8),
                      QColor(0xEE, 0xEE, 0xF0), QColor(0x1E, 0x21, 0x26), QColor(0x6B, 0x72, 0x7D),
                      QColor(0x2B, 0x6C, 0xB0), Qt::white, QColor(0x1D, 0x5F, 0xA8), QColor(0xFF, 0xFF, 0xFF)});
}

QPalette dark() {
    return paletteOf({QColor(0x24, 0x27, 0x2C), QColor(0x1B, 0x1D, 0x21), QColor(0x22, 0x25, 0x2A),
                      QColor(0x32, 0x36, 0x3D), QColor(0xE4, 0xE6, 0xEA), QColor(0x9A, 0xA1, 0xAC),
                      QColor(0x3D, 0x7E, 0xC8), Qt::white, QColor(0x7F, 0xB4, 0xEE), QColor(0x32, 0x36, 0x3D)});
}

}  // namespace

void applyAppearance(Appearance appearance) {
    static const QPalette system = QApplication::palette();
    switch (appearance) {
        case Appearance::System:
            QApplication::setPalette(system);
            break;
        case Appearance::Light:
            QApplication::setPalette(light());
            break;
        case Appearance::Dark:
            QApplication::setPalette(dark());
            break;
    }
}

QString appearanceName(Appearance appearance) {
    switch (appearance) {
        case Appearance::System:
            return QCoreApplication::translate("Appearance", "&System");
        case Appearance::Light:
            return QCoreApplication::translate("Appearance", "&Light");
        case Appearance::Dark:
            return QCoreApplication::translate("Appearance", "&Dark");
    }
    return {};
}

}  // namespace lottery::gui
