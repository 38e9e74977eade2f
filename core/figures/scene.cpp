// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/scene.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lottery {

namespace {

// Advance widths of U+0020…U+007E in thousandths of the type size.
constexpr std::array<int, 95> widths{318,  401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
                                     636,  636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
                                     1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
                                     603,  787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
                                     500,  613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
                                     635,  635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838};
constexpr int width_of_others = 700;

}  // namespace

bool SceneImage::is_whole() const {
    return columns > 0 && rows > 0 && columns <= most_cells && rows <= most_cells &&
           cells.size() == static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
}

int SceneImage::pixels_per_cell() const {
    constexpr double dots_per_mm = 600.0 / 25.4;
    constexpr int most = 16, most_along_side = 4096;
    if (!is_whole()) return 1;
    const double wanted = std::max(box.width / columns, box.height / rows) * dots_per_mm;
    const int bearable = std::min(most, most_along_side / std::max(columns, rows));
    return static_cast<int>(std::clamp(std::ceil(wanted), 1.0, static_cast<double>(std::max(bearable, 1))));
}

double baseline_offset_mm(const SceneText& text) {
    const double em = text.size_pt * mm_per_point;
    switch (text.level) {
        case TextLevel::Baseline:
            return 0.0;
        case TextLevel::Middle:
            return em * capital_height / 2;
        case TextLevel::Top:
            return em * capital_height;
    }
    return 0.0;
}

double text_width_mm(std::string_view text, double size_pt) {
    int thousandths = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F) {
            thousandths += widths[byte - 0x20U];
        } else if ((byte & 0xC0U) != 0x80U) {  // one per character, not per byte
            thousandths += width_of_others;
        }
    }
    return thousandths / 1000.0 * size_pt * mm_per_point;
}

}  // namespace lottery
