// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_export.h"

#include <utility>

namespace lottery::gui {

namespace {

AttentionScale scaleOf(bool difference) { return difference ? AttentionScale::Signed : AttentionScale::Sequential; }

HeadState stateOf(const AttentionThumbnails& thumbnails, int layer, int head) {
    if (!thumbnails.has(layer, head)) return HeadState::Removed;
    return thumbnails.isMasked(layer, head) ? HeadState::Masked : HeadState::Kept;
}

}  // namespace

FigureBuilder mapFigure(std::shared_ptr<const MapContent> content, const QString& title, ColorMap map) {
    return [content = std::move(content), title = title.toStdString(), map](const FigureRequest& request) {
        AttentionMapContent figure{content->rows.labels, content->columns.labels, content->values, {}};
        for (const int place : content->columns.breaks) figure.boundaries.push_back(static_cast<std::size_t>(place));
        AttentionMapOptions options;
        options.scale = scaleOf(content->difference);
        options.map = map;
        options.range = content->range;
        options.value_label = content->value_label;
        options.row_label = content->rows.title;
        options.column_label = content->columns.title;
        if (request.title) options.title = title;
        return attention_map_figure(figure, options, request.style);
    };
}

FigureBuilder arcsFigure(std::shared_ptr<const ArcContent> content, const QString& title, bool difference,
                         std::function<double()> threshold) {
    return [content = std::move(content), title = title.toStdString(), difference,
            threshold = std::move(threshold)](const FigureRequest& request) {
        AttentionArcsContent figure{content->tokens.texts, content->tokens.texts, {}};
        for (const ArcHead& head : content->heads) figure.heads.push_back({head.name, head.values});
        AttentionArcsOptions options;
        options.scale = scaleOf(difference);
        options.least_share = threshold();
        options.value_label = content->value_label;
        if (request.title) options.title = title;
        return attention_arcs_figure(figure, options, request.style);
    };
}

FigureBuilder gridFigure(const AttentionPicture& picture, const QString& title, ColorMap map, ThumbnailRange range) {
    return [picture, title = title.toStdString(), map, range](const FigureRequest& request) {
        const AttentionThumbnails& thumbnails = *picture.thumbnails;
        AttentionGridContent figure{thumbnails.layers, thumbnails.heads, {}, {"entropy, nats", "distance, tokens"}};
        for (int l = 0; l < thumbnails.layers; ++l)
            for (int h = 0; h < thumbnails.heads; ++h) {
                const auto values = thumbnails.map(l, h);
                figure.maps.push_back({thumbnails.pixels,
                                       thumbnails.pixels,
                                       {values.begin(), values.end()},
                                       stateOf(thumbnails, l, h),
                                       {picture.entropy.at(l, h), picture.distance.at(l, h)}});
            }
        AttentionGridOptions options;
        options.scale = scaleOf(thumbnails.difference);
        options.map = map;
        options.range = range;
        if (request.title) options.title = title;
        return attention_grid_figure(figure, options, request.style);
    };
}

}  // namespace lottery::gui
