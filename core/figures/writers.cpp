// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/writers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/base/file.h"
#include "core/figures/base64.h"
#include "core/figures/png.h"

namespace lottery {

namespace {

// Families in the order tried by what shows the file.
constexpr std::string_view font_families = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Bytes of the UTF-8 character at the head of `text`, 0 where there is none (overlong forms, surrogates and
// values above U+10FFFF included).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) >= 0xA0) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) >= 0x90) return 0;
    return length;
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        const std::string_view character = text.substr(0, length);
        if (length == 0 || (first < 0x20 && first != '\t' && first != '\n') || character == "\xEF\xBF\xBE" ||
            character == "\xEF\xBF\xBF") {
            out += replacement;
        } else if (first == '&') {
            out += "&amp;";
        } else if (first == '<') {
            out += "&lt;";
        } else if (first == '>') {
            out += "&gt;";
        } else if (first == '"') {
            out += "&quot;";
        } else {
            out += character;
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

// Millimetres to a thousandth, without trailing zeros, the same in every locale.
std::string mm(double value) {
    const double rounded = std::round(value * 1000.0) / 1000.0;
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), rounded == 0.0 ? 0.0 : rounded, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

std::string paint(std::string_view property, const std::optional<Color>& color) {
    const std::string name(property);
    if (!color) return " " + name + "=\"none\"";
    std::string out = " " + name + "=\"" + to_hex(*color) + "\"";
    if (color->alpha != 255) out += " " + name + "-opacity=\"" + mm(color->alpha / 255.0) + "\"";
    return out;
}

std::string stroke_of(const std::optional<Stroke>& stroke) {
    if (!stroke) return {};
    std::string out = paint("stroke", stroke->color) + " stroke-width=\"" + mm(stroke->width) + "\"";
    if (!stroke->dashes.empty()) {
        out += " stroke-dasharray=\"";
        for (std::size_t i = 0; i < stroke->dashes.size(); ++i) out += (i ? " " : "") + mm(stroke->dashes[i]);
        out += "\"";
    }
    return out;
}

std::string points_of(const std::vector<Point>& points) {
    std::string out = " points=\"";
    for (std::size_t i = 0; i < points.size(); ++i) out += (i ? " " : "") + mm(points[i].x) + "," + mm(points[i].y);
    return out + "\"";
}

struct SvgPrinter {
    std::string operator()(const SceneRectangle& r) const {
        std::string out = "<rect x=\"" + mm(r.box.x) + "\" y=\"" + mm(r.box.y) + "\" width=\"" + mm(r.box.width) +
                          "\" height=\"" + mm(r.box.height) + "\"";
        if (r.radius > 0.0) out += " rx=\"" + mm(r.radius) + "\"";
        return out + paint("fill", r.fill) + stroke_of(r.stroke) + "/>";
    }
    std::string operator()(const SceneLine& l) const {
        return "<line x1=\"" + mm(l.from.x) + "\" y1=\"" + mm(l.from.y) + "\" x2=\"" + mm(l.to.x) + "\" y2=\"" +
               mm(l.to.y) + "\"" + stroke_of(l.stroke) + "/>";
    }
    std::string operator()(const ScenePolyline& p) const {
        return "<polyline" + points_of(p.points) + " fill=\"none\" stroke-linejoin=\"round\"" + stroke_of(p.stroke) +
               "/>";
    }
    std::string operator()(const ScenePolygon& p) const {
        return "<polygon" + points_of(p.points) + paint("fill", p.fill) + stroke_of(p.stroke) + "/>";
    }
    std::string operator()(const SceneCircle& c) const {
        return "<circle cx=\"" + mm(c.center.x) + "\" cy=\"" + mm(c.center.y) + "\" r=\"" + mm(c.radius) + "\"" +
               paint("fill", c.fill) + stroke_of(c.stroke) + "/>";
    }
    std::string operator()(const SceneText& t) const {
        const std::string anchor = t.anchor == TextAnchor::Start    ? "start"
                                   : t.anchor == TextAnchor::Middle ? "middle"
                                                                    : "end";
        std::string out = "<text x=\"" + mm(t.position.x) + "\" y=\"" + mm(t.position.y + baseline_offset_mm(t)) + "\"";
        if (t.rotation != 0.0) {
            out += " transform=\"rotate(" + mm(t.rotation) + " " + mm(t.position.x) + " " + mm(t.position.y) + ")\"";
        }
        out += " font-size=\"" + mm(t.size_pt * mm_per_point) + "\" text-anchor=\"" + anchor + "\"";
        if (t.bold) out += " font-weight=\"bold\"";
        return out + paint("fill", t.color) + ">" + escaped(t.text) + "</text>";
    }
    // "pixelated" is CSS, "optimizeSpeed" SVG 1.1; of two that a reader knows the later counts.
    std::string operator()(const SceneImage& i) const {
        if (!i.is_whole()) return {};
        return "<image xmlns:xlink=\"http://www.w3.org/1999/xlink\" x=\"" + mm(i.box.x) + "\" y=\"" + mm(i.box.y) +
               "\" width=\"" + mm(i.box.width) + "\" height=\"" + mm(i.box.height) +
               "\" preserveAspectRatio=\"none\" style=\"image-rendering:optimizeSpeed;image-rendering:pixelated\" "
               "xlink:href=\"data:image/png;base64," +
               base64_of(png_of(i)) + "\"/>";
    }
};

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

template <typename Number>
std::string shortest(Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    }
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

struct CsvPrinter {
    std::string operator()(const std::string& text) const { return csv_field(text); }
    std::string operator()(double value) const { return shortest(value); }
    std::string operator()(float value) const { return shortest(value); }
    std::string operator()(std::int64_t value) const { return shortest(value); }
};

}  // namespace

std::string svg_of(const Scene& scene, const FigureMetadata& metadata) {
    const std::string width = mm(scene.width_mm), height = mm(scene.height_mm);
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
        "width=\"" +
        width + "mm\" height=\"" + height + "mm\" viewBox=\"0 0 " + width + " " + height + "\" font-family=\"" +
        std::string(font_families) + "\">\n";
    out += "<title>" + escaped(scene.title) + "</title>\n<desc>" + escaped(scene.description);
    for (const auto& [key, value] : metadata) out += "\n" + escaped(key) + ": " + escaped(value);
    out += "</desc>\n";
    if (!metadata.empty()) {
        out += "<metadata>\n<p:provenance xmlns:p=\"urn:lottery-workbench:provenance\">\n";
        for (const auto& [key, value] : metadata) {
            out += "<p:entry key=\"" + escaped(key) + "\">" + escaped(value) + "</p:entry>\n";
        }
        out += "</p:provenance>\n</metadata>\n";
    }
    out += "<rect width=\"" + width + "\" height=\"" + height + "\"" + paint("fill", scene.background) + "/>\n";
    for (const ScenePrimitive& primitive : scene.primitives) {
        const std::string element = std::visit(SvgPrinter{}, primitive);
        if (!element.empty()) out += element + "\n";
    }
    return out + "</svg>\n";
}

Status write_svg(const std::filesystem::path& path, const Scene& scene, const FigureMetadata& metadata) {
    return write_file_atomically(path, svg_of(scene, metadata));
}

std::string csv_of(const DataTable& table) {
    std::string out;
    for (std::size_t i = 0; i < table.columns.size(); ++i) out += (i ? "," : "") + csv_field(table.columns[i]);
    out += "\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i) out += ",";
            out += std::visit(CsvPrinter{}, row[i]);
        }
        out += "\n";
    }
    return out;
}

Status write_csv(const std::filesystem::path& path, const DataTable& table) {
    return write_file_atomically(path, csv_of(table));
}

Status write_figure(const std::filesystem::path& svg, const Figure& figure, const FigureMetadata& metadata) {
    LOTTERY_CHECK(write_svg(svg, figure.scene, metadata));
    auto csv = svg;
    return write_csv(csv.replace_extension(".csv"), figure.data);
}

}  // namespace lottery
