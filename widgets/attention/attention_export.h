// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the attention views show, as figures for files.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QString>
#include <functional>
#include <memory>

#include "core/figures/attention_figure.h"
#include "core/figures/color.h"
#include "widgets/attention/attention_arc_lines.h"
#include "widgets/attention/attention_map_content.h"
#include "widgets/attention/attention_picture.h"
#include "widgets/figures/export_figure.h"

namespace lottery::gui {

FigureBuilder mapFigure(std::shared_ptr<const MapContent> content, const QString& title, ColorMap map);
// `threshold` is asked when the figure is made.
FigureBuilder arcsFigure(std::shared_ptr<const ArcContent> content, const QString& title, bool difference,
                         std::function<double()> threshold);
// All heads, with entropy and distance as data.
FigureBuilder gridFigure(const AttentionPicture& picture, const QString& title, ColorMap map, ThumbnailRange range);

}  // namespace lottery::gui
