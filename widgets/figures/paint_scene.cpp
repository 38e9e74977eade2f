// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/paint_scene.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPaintDevice>
#include <QPaintEngine>
#include <QPen>
#include <QPolygonF>
#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

class ScenePainter {
public:
    ScenePainter(QPainter& painter, const QPointF& origin, double scale, const QFont& font)
        : painter_(painter), origin_(origin), scale_(scale), font_(font) {}

    void operator()(const SceneRectangle& r) {
        setFillAndStroke(r.fill, r.stroke);
        const QRectF rectangle(exact(at({r.box.x, r.box.y})), exact(at({r.box.right(), r.box.bottom()})));
        if (r.radius > 0.0) {
            painter_.drawRoundedRect(rectangle, r.radius * scale_, r.radius * scale_);
        } else {
            painter_.drawRect(rectangle);
        }
    }
    void operator()(const SceneLine& l) {
        painter_.setPen(penOf(l.stroke));
        painter_.drawLine(at(l.from), at(l.to));
    }
    void operator()(const ScenePolyline& p) {
        QPen pen = penOf(p.stroke);
        pen.setJoinStyle(Qt::RoundJoin);
        painter_.setPen(pen);
        painter_.drawPolyline(polygonOf(p.points));
    }
    void operator()(const ScenePolygon& p) {
        setFillAndStroke(p.fill, p.stroke);
        painter_.drawPolygon(polygonOf(p.points));
    }
    void operator()(const SceneCircle& c) {
        setFillAndStroke(c.fill, c.stroke);
        painter_.drawEllipse(at(c.center), c.radius * scale_, c.radius * scale_);
    }
    void operator()(const SceneText& t) {
        QFont font = font_;
        // The device's own resolution turns points into its pixels; ours come from the scale.
        const double pixels = t.size_pt * mm_per_point * scale_;
        font.setPointSizeF(std::max(pixels * 72.0 / painter_.device()->logicalDpiY(), 0.1));
        font.setBold(t.bold);
        const QString text = QString::fromUtf8(t.text.data(), static_cast<qsizetype>(t.text.size()));
        const double width = QFontMetricsF(font, painter_.device()).horizontalAdvance(text);
        const double x = t.anchor == TextAnchor::Start ? 0.0 : t.anchor == TextAnchor::Middle ? -width / 2 : -width;
        painter_.save();
        painter_.translate(at(t.position));
        painter_.rotate(t.rotation);
        painter_.setFont(font);
        painter_.setPen(toQColor(t.color));
        painter_.drawText(QPointF(x, baseline_offset_mm(t) * scale_), text);
        painter_.restore();
    }
    void operator()(const SceneImage& i) {
        if (!i.is_whole()) return;
        QImage image = pictureOf(i);
        const QRectF target(at({i.box.x, i.box.y}), QSizeF(i.box.width, i.box.height) * scale_);
        if (painter_.paintEngine()->type() == QPaintEngine::Pdf) {
            // Readers of PDF smooth what they enlarge little.
            const int side = i.pixels_per_cell();
            image = image.scaled(i.columns * side, i.rows * side, Qt::IgnoreAspectRatio, Qt::FastTransformation);
        } else {
            // Cells below a pixel would be left out here and there.
            const QRectF pixels = painter_.deviceTransform().mapRect(target);
            const QSize fewer(std::min(i.columns, std::max(qRound(pixels.width()), 1)),
                              std::min(i.rows, std::max(qRound(pixels.height()), 1)));
            if (fewer != image.size()) image = image.scaled(fewer, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        }
        painter_.save();
        painter_.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter_.setRenderHint(QPainter::LosslessImageRendering);  // JPEG would blur edges
        painter_.drawImage(target, image);
        painter_.restore();
    }

private:
    [[nodiscard]] static QImage pictureOf(const SceneImage& i) {
        const bool opaque = std::ranges::all_of(i.cells, [](Color c) { return c.alpha == 255; });
        QImage image(i.columns, i.rows, opaque ? QImage::Format_RGB32 : QImage::Format_ARGB32);
        const Color* cell = i.cells.data();
        for (int row = 0; row < i.rows; ++row) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
            for (int column = 0; column < i.columns; ++column, ++cell)
                line[column] = qRgba(cell->red, cell->green, cell->blue, cell->alpha);
        }
        return image;
    }

    [[nodiscard]] QPointF at(Point p) const { return origin_ + QPointF(p.x, p.y) * scale_; }

    // Edges meant to lie on pixels do so in spite of rounding on the way from millimetres.
    [[nodiscard]] static QPointF exact(const QPointF& p) {
        return {std::round(p.x() * 1024.0) / 1024.0, std::round(p.y() * 1024.0) / 1024.0};
    }

    [[nodiscard]] QPolygonF polygonOf(const std::vector<Point>& points) const {
        QPolygonF polygon;
        polygon.reserve(static_cast<qsizetype>(points.size()));
        for (const Point& p : points) polygon << at(p);
        return polygon;
    }

    [[nodiscard]] QPen penOf(const Stroke& stroke) const {
        QPen pen(toQColor(stroke.color), stroke.width * scale_, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
        if (!stroke.dashes.empty() && stroke.width > 0.0) {
            QList<qreal> pattern;  // in units of the pen's width
            for (const double dash : stroke.dashes) pattern << dash / stroke.width;
            pen.setDashPattern(pattern);
        }
        return pen;
    }

    void setFillAndStroke(const std::optional<Color>& fill, const std::optional<Stroke>& stroke) {
        painter_.setBrush(fill ? QBrush(toQColor(*fill)) : QBrush(Qt::NoBrush));
        painter_.setPen(stroke ? penOf(*stroke) : QPen(Qt::NoPen));
    }

    QPainter& painter_;
    QPointF origin_;
    double scale_;  // device units per mm
    QFont font_;
};

}  // namespace

QColor toQColor(Color color) { return {color.red, color.green, color.blue, color.alpha}; }

Color fromQColor(const QColor& color) {
    const auto channel = [](int value) { return static_cast<std::uint8_t>(value); };
    return {channel(color.red()), channel(color.green()), channel(color.blue()), channel(color.alpha())};
}

QFont figureFont() {
    QFont font;
    font.setFamilies({"Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"});
    font.setStyleHint(QFont::SansSerif);
    return font;
}

void paintScene(QPainter& painter, const Scene& scene, const QRectF& target, const QFont& font) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.fillRect(target, toQColor(scene.background));
    ScenePainter visitor(painter, target.topLeft(), target.width() / scene.width_mm, font);
    for (const ScenePrimitive& primitive : scene.primitives) std::visit(visitor, primitive);
    painter.restore();
}

bool isDark(const QPalette& palette) { return luminance(fromQColor(palette.color(QPalette::Base))) < 0.2; }

FigureColors figureColors(const QPalette& palette) {
    FigureColors colors;
    colors.background = fromQColor(palette.color(QPalette::Base));
    colors.text = fromQColor(palette.color(QPalette::Text));
    colors.muted = mix(colors.text, colors.background, 0.4);
    colors.grid = mix(colors.text, colors.background, 0.87);
    colors.band = mix(colors.text, colors.background, 0.95);
    colors.neutral = mix(colors.text, colors.background, 0.5);
    if (isDark(palette)) {
        colors.primary = {110, 170, 230};
        colors.warning = {255, 140, 84};
    }
    return colors;
}

}  // namespace lottery::gui
