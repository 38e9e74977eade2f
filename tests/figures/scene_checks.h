// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every figure must keep to, and what stands in it.
#pragma once

#include <QString>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <variant>

#include "core/figures/scene.h"

namespace lottery::test {

inline QStringList texts_of(const Scene& scene) {
    QStringList texts;
    for (const auto& primitive : scene.primitives) {
        if (const auto* text = std::get_if<SceneText>(&primitive)) texts << QString::fromStdString(text->text);
    }
    return texts;
}

template <typename Primitive, typename Condition>
int count(const Scene& scene, Condition condition) {
    return static_cast<int>(std::ranges::count_if(scene.primitives, [&](const ScenePrimitive& primitive) {
        const auto* found = std::get_if<Primitive>(&primitive);
        return found && condition(*found);
    }));
}

inline bool finite(const Scene& scene) {
    const auto good = [](Point p) { return std::isfinite(p.x) && std::isfinite(p.y); };
    return std::ranges::all_of(scene.primitives, [&](const ScenePrimitive& primitive) {
        if (const auto* r = std::get_if<SceneRectangle>(&primitive)) {
            return good({r->box.x, r->box.y}) && r->box.width >= 0 && r->box.height >= 0;
        }
        if (const auto* l = std::get_if<SceneLine>(&primitive)) return good(l->from) && good(l->to);
        if (const auto* p = std::get_if<ScenePolyline>(&primitive)) return std::ranges::all_of(p->points, good);
        if (const auto* c = std::get_if<SceneCircle>(&primitive)) return good(c->center);
        if (const auto* t = std::get_if<SceneText>(&primitive)) return good(t->position);
        if (const auto* p = std::get_if<ScenePolygon>(&primitive)) return std::ranges::all_of(p->points, good);
        if (const auto* i = std::get_if<SceneImage>(&primitive)) {
            return good({i->box.x, i->box.y}) && i->box.width > 0 && i->box.height > 0 && i->is_whole();
        }
        return true;
    });
}

// Texts that leave the paper are clipped in every format.
inline QString outside(const Scene& scene) {
    for (const auto& primitive : scene.primitives) {
        const auto* text = std::get_if<SceneText>(&primitive);
        if (!text) continue;
        const double width = text_width_mm(text->text, text->size_pt),
                     height = text->size_pt * mm_per_point * capital_height;
        const double along = text->anchor == TextAnchor::Start    ? 0
                             : text->anchor == TextAnchor::Middle ? -width / 2
                                                                  : -width;
        const double across = baseline_offset_mm(*text) - height;
        const bool upright = text->rotation == 0.0;
        // Rotated by -90 degrees: along runs upwards, across runs to the right.
        const double left = upright ? text->position.x + along : text->position.x + across;
        const double right = left + (upright ? width : height);
        const double top = upright ? text->position.y + across : text->position.y - along - width;
        const double bottom = top + (upright ? height : width);
        if (left < -0.01 || top < -0.01 || right > scene.width_mm + 0.01 || bottom > scene.height_mm + 0.01) {
            return QString::fromStdString(text->text);
        }
    }
    return {};
}

}  // namespace lottery::test
