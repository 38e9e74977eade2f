// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/survival_figure.h"

#include <utility>

#include "core/figures/heatmap.h"
#include "core/figures/writers.h"

namespace lottery {

Figure weight_survival_figure(const WeightSurvival& survival, const std::string& title, const FigureStyle& style) {
    HeatmapContent content;
    content.values = {survival.heads, survival.mlps};
    HeatmapOptions options;
    options.title = title;
    options.value_label = "share of weights that survive";
    return heatmap(content, options, style);
}

Status write_weight_survival_figure(const std::filesystem::path& folder, const WeightSurvival& survival,
                                    const std::string& title, FigureMetadata metadata) {
    metadata["title"] = title;
    const auto figure = weight_survival_figure(survival, title, {});
    LOTTERY_CHECK(write_svg(folder / "weight_survival.svg", figure.scene, metadata));
    return write_csv(folder / "weight_survival.csv", figure.data);
}

}  // namespace lottery
