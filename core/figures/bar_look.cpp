// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/bar_look.h"

#include <vector>

#include "core/figures/axes.h"

namespace lottery {

BarLook bar_look(std::size_t series) {
    static const std::vector<BarLook> looks{{{31, 78, 133}, Hatching::None},    {{232, 150, 46}, Hatching::None},
                                            {{196, 208, 222}, Hatching::Lines}, {{226, 226, 226}, Hatching::None},
                                            {{0, 128, 96}, Hatching::Lines},    {{214, 168, 205}, Hatching::Crossed},
                                            {{112, 48, 96}, Hatching::None},    {{150, 196, 140}, Hatching::Crossed}};
    return looks[series % looks.size()];
}

void draw_bar_fill(Scene& scene, const Box& box, const BarLook& look, const FigureStyle& style) {
    scene.add(SceneRectangle{box, look.fill, std::nullopt, 0.0});
    // Light lines, the ink of a dark window, do not show on light bars.
    const Color ink = luminance(look.fill) > 0.4 ? FigureColors{}.text : style.colors.text;
    const Stroke hatch{mix(ink, look.fill, 0.3), 0.18, {}};
    if (look.hatching != Hatching::None) draw_hatch(scene, box, 0.9, hatch);
    if (look.hatching == Hatching::Crossed) {
        for (double y = box.y + 0.9; y < box.bottom(); y += 0.9) {
            scene.add(SceneLine{{box.x, y}, {box.right(), y}, hatch});
        }
    }
    scene.add(SceneRectangle{box, std::nullopt, Stroke{mix(style.colors.text, look.fill, 0.25), 0.18, {}}, 0.0});
}

}  // namespace lottery
