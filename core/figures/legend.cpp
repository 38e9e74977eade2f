// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/legend.h"

namespace lottery {

Legend::Legend(Scene& scene, const FigureStyle& style, Point start, double right)
    : scene_(scene), style_(style), left_(start.x), right_(right), at_(start) {}

Point Legend::entry(const std::string& name, double sample_mm) {
    const double size = tick_size(style_), em = em_mm(size);
    const double width = sample_mm + 0.4 * em + text_width_mm(name, size);
    if (at_.x > left_ && at_.x + width > right_) at_ = {left_, at_.y + 1.5 * em};
    const Point center{at_.x + sample_mm / 2, at_.y};
    scene_.add(SceneText{name,
                         {at_.x + sample_mm + 0.4 * em, at_.y},
                         TextAnchor::Start,
                         TextLevel::Middle,
                         size,
                         0.0,
                         style_.colors.text,
                         false});
    at_.x += width + 1.3 * em;
    return center;
}

}  // namespace lottery
