// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure as a list of primitives: what the SVG writer and the Qt painter both draw, in order.
// Lengths are millimetres from the top left corner, y downwards; type sizes are points (1/72 inch).
//
// Thread rule: plain values.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/figures/color.h"

namespace lottery {

inline constexpr double mm_per_point = 25.4 / 72.0;

struct Point {
    double x = 0.0, y = 0.0;  // mm
    bool operator==(const Point&) const = default;
};

struct Box {
    double x = 0.0, y = 0.0, width = 0.0, height = 0.0;  // mm
    [[nodiscard]] double right() const { return x + width; }
    [[nodiscard]] double bottom() const { return y + height; }
    [[nodiscard]] Point center() const { return {x + width / 2, y + height / 2}; }
    // Left and top edges belong to the box, right and bottom edges do not.
    [[nodiscard]] bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
    bool operator==(const Box&) const = default;
};

struct Stroke {
    Color color;
    double width = 0.25;         // mm
    std::vector<double> dashes;  // mm on, off, …; empty: solid
};

struct SceneRectangle {
    Box box;
    std::optional<Color> fill;
    std::optional<Stroke> stroke;
    double radius = 0.0;  // mm, of the corners
};

struct SceneLine {
    Point from, to;
    Stroke stroke;
};

struct ScenePolyline {
    std::vector<Point> points;
    Stroke stroke;
};

struct ScenePolygon {
    std::vector<Point> points;
    std::optional<Color> fill;
    std::optional<Stroke> stroke;
};

struct SceneCircle {
    Point center;
    double radius = 0.5;  // mm
    std::optional<Color> fill;
    std::optional<Stroke> stroke;
};

enum class TextAnchor { Start, Middle, End };
// Where `position` lies on the letters' height. Middle is half the height of a capital.
enum class TextLevel { Baseline, Middle, Top };

struct SceneText {
    std::string text;  // UTF-8, one line
    Point position;
    TextAnchor anchor = TextAnchor::Start;
    TextLevel level = TextLevel::Baseline;
    double size_pt = 8.0;
    double rotation = 0.0;  // degrees, clockwise, about `position`
    Color color;
    bool bold = false;
};

// Cells side by side, each of one colour, for maps of more cells than a file of rectangles can bear. Edges stay sharp
// at every size: what enlarges it smooths nothing. Smaller than a pixel of the screen, cells are averaged.
struct SceneImage {
    static constexpr int most_cells = 16384;  // in a row or a column

    Box box;
    int columns = 0, rows = 0;
    std::vector<Color> cells;  // [rows, columns], row by row from the top left

    // One that has not a colour for each cell, or none, or too many, is not drawn.
    [[nodiscard]] bool is_whole() const;
    // Pixels along a cell's side in files whose readers may smooth pictures against our will: about 600 dpi, so that at
    // most a hair of the cell is smoothed.
    [[nodiscard]] int pixels_per_cell() const;
};

using ScenePrimitive =
    std::variant<SceneRectangle, SceneLine, ScenePolyline, ScenePolygon, SceneCircle, SceneText, SceneImage>;

struct Scene {
    double width_mm = 85.0;
    double height_mm = 60.0;
    Color background{255, 255, 255};
    std::vector<ScenePrimitive> primitives;
    std::string title;        // what the figure shows, for the file's metadata and assistive technology
    std::string description;  // a sentence or two of alternative text

    void add(ScenePrimitive primitive) { primitives.push_back(std::move(primitive)); }
};

// Height of a capital letter and of a line of text, as shares of the type size.
inline constexpr double capital_height = 0.72;
inline constexpr double line_height = 1.2;

// Where the baseline lies below `position` before rotation, mm.
double baseline_offset_mm(const SceneText& text);

// Estimated width of `text` in a common sans-serif (the widths of DejaVu Sans, which is wider than most), mm.
// For layout only: the true width depends on the font found where the figure is shown.
double text_width_mm(std::string_view text, double size_pt);

}  // namespace lottery
