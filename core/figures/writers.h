// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures as files, without Qt. (PDF and PNG: widgets/figures/export_scene.h.)
//
// Thread rule: any thread; two writers of one path must not overlap.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/figures/figure.h"

namespace lottery {

// SVG 1.1 in millimetres; text stays text in a sans-serif family; images of cells are PNG inside it; provenance in
// <desc> (readable) and <metadata> (one entry per key). Bytes that are not UTF-8 and characters XML has no place for
// become U+FFFD.
std::string svg_of(const Scene& scene, const FigureMetadata& metadata);
Status write_svg(const std::filesystem::path& path, const Scene& scene, const FigureMetadata& metadata);

// RFC 4180 with "\n" line ends, UTF-8; numbers with as many digits as it takes to read them back exactly.
std::string csv_of(const DataTable& table);
Status write_csv(const std::filesystem::path& path, const DataTable& table);

// Both: `svg`, and the numbers in a .csv beside it.
Status write_figure(const std::filesystem::path& svg, const Figure& figure, const FigureMetadata& metadata);

}  // namespace lottery
