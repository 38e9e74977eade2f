// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_line.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace lottery::gui {

namespace {

constexpr double kDash = 8.0, kDashOn = 5.0;  // in widths of a line of one pixel

// `share` of 0…256. Red and blue at once: they do not touch.
QRgb blend(QRgb below, QRgb above, unsigned share) {
    const unsigned rest = 256U - share;
    const unsigned redBlue = ((below & 0xff00ffU) * rest + (above & 0xff00ffU) * share) >> 8U;
    const unsigned green = ((below & 0x00ff00U) * rest + (above & 0x00ff00U) * share) >> 8U;
    return 0xff000000U | (redBlue & 0xff00ffU) | (green & 0x00ff00U);
}

}  // namespace

// Walks along the axis in which the line is longer, and covers the pixels across it by how much of them it takes.
void drawSmoothLine(QImage& image, const QRect& clip, const SmoothLine& line) {
    const QRect inside = clip & image.rect();
    double dx = line.to.x() - line.from.x(), dy = line.to.y() - line.from.y();
    const bool steep = std::abs(dy) > std::abs(dx);
    double along = steep ? line.from.y() : line.from.x(), end = steep ? line.to.y() : line.to.x();
    double across = steep ? line.from.x() : line.from.y();
    if (steep) std::swap(dx, dy);
    if (inside.isEmpty() || dx == 0.0 || !std::isfinite(dx) || !std::isfinite(dy)) return;
    const double slope = dy / dx;
    const QRgb color = qRgb(line.color.red, line.color.green, line.color.blue);
    const int opacity = line.color.alpha + line.color.alpha / 128;  // of 256
    if (end < along) {
        across += dy;
        std::swap(along, end);
    }
    const double stretch = std::sqrt(1.0 + slope * slope), half = line.width / 2.0 * stretch;
    const int low = steep ? inside.top() : inside.left(), high = steep ? inside.bottom() : inside.right();
    const int left = steep ? inside.left() : inside.top(), right = steep ? inside.right() : inside.bottom();
    const int first = std::max(low, static_cast<int>(std::ceil(std::max(along - 0.5, low - 1.0))));
    const int last = std::min(high, static_cast<int>(std::ceil(std::min(end - 0.5, high + 1.0))) - 1);
    auto* pixels = reinterpret_cast<QRgb*>(image.bits());
    const std::ptrdiff_t stride = image.bytesPerLine() / static_cast<std::ptrdiff_t>(sizeof(QRgb));
    const std::ptrdiff_t step = steep ? stride : 1, side = steep ? 1 : stride;
    for (int place = first; place <= last; ++place) {
        const double passed = place + 0.5 - along;
        if (line.dashed && std::fmod(passed * stretch, kDash) > kDashOn) continue;
        const double middle = across + passed * slope, from = middle - half, to = middle + half;
        if (to <= left || from >= right + 1.0) continue;
        // Not below zero: a cast is as good as floor(), and much faster.
        const int begin = static_cast<int>(std::max(from, static_cast<double>(left)));
        const int stop = static_cast<int>(std::min(to, static_cast<double>(right)));
        for (int pixel = begin; pixel <= stop; ++pixel) {
            const double cover = std::min(to, pixel + 1.0) - std::max(from, static_cast<double>(pixel));
            QRgb& at = pixels[place * step + pixel * side];
            at = blend(at, color, static_cast<unsigned>(cover * opacity + 0.5));
        }
    }
}

}  // namespace lottery::gui
