// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/series_look.h"

namespace lottery {

SeriesLook series_look(std::size_t index) {
    static const std::vector<Color> colors{{0, 114, 178}, {213, 94, 0},   {0, 158, 115}, {204, 121, 167},
                                           {0, 0, 0},     {86, 180, 233}, {230, 159, 0}};
    static const std::vector<std::vector<double>> dashes{{}, {1.8, 0.8}, {0.6, 0.6}};
    return {colors[index % colors.size()], dashes[index % dashes.size()], static_cast<Marker>(index % 4)};
}

void draw_marker(Scene& scene, Point at, double radius, const SeriesLook& look, bool filled, Color background) {
    const Color fill = filled ? look.color : background;
    const Stroke edge{look.color, 0.25, {}};
    const double r = radius;
    switch (look.marker) {
        case Marker::Circle:
            scene.add(SceneCircle{at, r, fill, edge});
            break;
        case Marker::Square:
            scene.add(SceneRectangle{{at.x - 0.9 * r, at.y - 0.9 * r, 1.8 * r, 1.8 * r}, fill, edge, 0.0});
            break;
        case Marker::Triangle:
            scene.add(ScenePolygon{
                {{at.x, at.y - 1.2 * r}, {at.x + 1.1 * r, at.y + 0.8 * r}, {at.x - 1.1 * r, at.y + 0.8 * r}},
                fill,
                edge});
            break;
        case Marker::Diamond:
            scene.add(ScenePolygon{
                {{at.x, at.y - 1.3 * r}, {at.x + 1.3 * r, at.y}, {at.x, at.y + 1.3 * r}, {at.x - 1.3 * r, at.y}},
                fill,
                edge});
            break;
    }
}

}  // namespace lottery
