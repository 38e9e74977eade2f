// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures as files in every format, and on the clipboard.
//
// Thread rule: GUI thread.
#pragma once

#include <QImage>
#include <QString>
#include <filesystem>
#include <functional>
#include <optional>

#include "core/base/result.h"
#include "core/figures/figure.h"

namespace lottery::gui {

enum class FigureFormat { Pdf, Svg, Png, Csv };

struct ExportOptions {
    FigureFormat format = FigureFormat::Pdf;
    double dpi = 300.0;       // of PNG, 36…2400
    FigureMetadata metadata;  // provenance, written into PDF (XMP and keywords), SVG and PNG
};

// "pdf", "svg", "png", "csv".
QString extensionOf(FigureFormat format);
std::optional<FigureFormat> formatOf(const QString& extension);

// PDF: vector, fonts embedded, text stays text. SVG: text stays text. PNG: millimetres × dpi pixels that know
// their resolution. CSV: the figure's data. Written atomically. Errors: an image too large to make, what the
// file system refuses.
Status exportFigure(const std::filesystem::path& path, const Figure& figure, const ExportOptions& options);

// The scene at so many dots per inch; a null image where that would need more than 120 million pixels.
QImage imageOf(const Scene& scene, double dpi);

// As an image and as SVG.
void copyFigure(const Figure& figure, const FigureMetadata& metadata);
// The figure's data as text, tab-separated, as spreadsheets take it.
void copyFigureData(const Figure& figure);

// What an export dialog asks a view for.
struct FigureRequest {
    FigureStyle style;
    bool title = true;  // draw the title
};
using FigureBuilder = std::function<Figure(const FigureRequest&)>;

// "MRPC, seed 1337" → "mrpc-seed-1337".
QString fileNameOf(const QString& title);

}  // namespace lottery::gui
