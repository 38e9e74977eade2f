// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/themed_icon.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

// A resource in a static library is only there after this call, which must stand outside any namespace.
static void registerIcons() { Q_INIT_RESOURCE(icons); }

namespace lottery::gui {

namespace {

QByteArray source(const QString& name) {
    static const bool registered = (registerIcons(), true);
    Q_UNUSED(registered)
    QFile file(QStringLiteral(":/lottery/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class ThemedIconEngine : public QIconEngine {
public:
    ThemedIconEngine(QString name, QByteArray svg, QColor colour)
        : name_(std::move(name)), svg_(std::move(svg)), colour_(std::move(colour)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        QByteArray svg = svg_;
        svg.replace("currentColor", colourFor(mode).name().toLatin1());
        QSvgRenderer renderer(svg);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        const QString key = QStringLiteral("lottery/%1/%2/%3x%4")
                                .arg(name_, colourFor(mode).name())
                                .arg(size.width())
                                .arg(size.height());
        QPixmap result;
        if (QPixmapCache::find(key, &result)) return result;
        result = QPixmap(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, QRect(QPoint(), size), mode, state);
        painter.end();
        QPixmapCache::insert(key, result);
        return result;
    }

    QIconEngine* clone() const override { return new ThemedIconEngine(*this); }

private:
    QColor colourFor(QIcon::Mode mode) const {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled) return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (mode == QIcon::Selected) return palette.color(QPalette::Active, QPalette::HighlightedText);
        return colour_.isValid() ? colour_ : palette.color(QPalette::Active, QPalette::ButtonText);
    }

    QString name_;
    QByteArray svg_;
    QColor colour_;
};

}  // namespace

QIcon themedIcon(const QString& name, const QColor& colour) {
    QByteArray svg = source(name);
    if (svg.isEmpty()) return {};
    return QIcon(new ThemedIconEngine(name, std::move(svg), colour));
}

QIcon applicationIcon() { return themedIcon(QStringLiteral("lottery-workbench")); }

}  // namespace lottery::gui
