// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/scene_json.h"

#include <utility>

#include "core/figures/base64.h"

namespace lottery {
namespace {

Json json_of(Color c) { return Json::array({c.red, c.green, c.blue, c.alpha}); }
Json json_of(Point p) { return Json::array({p.x, p.y}); }
Json json_of(const Box& b) { return Json::array({b.x, b.y, b.width, b.height}); }
Json json_of(const Stroke& s) { return Json::array({json_of(s.color), s.width, s.dashes}); }
template <typename T>
Json json_of(const std::optional<T>& value) {
    return value ? json_of(*value) : Json(nullptr);
}
Json json_of(const std::vector<Point>& points) {
    Json all = Json::array();
    for (const Point& p : points) all.push_back(json_of(p));
    return all;
}

Color color_from(const Json& j) {
    return {j.at(0).get<std::uint8_t>(), j.at(1).get<std::uint8_t>(), j.at(2).get<std::uint8_t>(),
            j.at(3).get<std::uint8_t>()};
}
Point point_from(const Json& j) { return {j.at(0).get<double>(), j.at(1).get<double>()}; }
Box box_from(const Json& j) {
    return {j.at(0).get<double>(), j.at(1).get<double>(), j.at(2).get<double>(), j.at(3).get<double>()};
}
Stroke stroke_from(const Json& j) {
    return {color_from(j.at(0)), j.at(1).get<double>(), j.at(2).get<std::vector<double>>()};
}
template <typename From>
auto optional_from(const Json& j, From&& from) -> std::optional<decltype(from(j))> {
    if (j.is_null()) return std::nullopt;
    return from(j);
}
std::vector<Point> points_from(const Json& j) {
    std::vector<Point> points;
    for (const auto& p : j) points.push_back(point_from(p));
    return points;
}

// The first element names the kind.
struct Writer {
    Json operator()(const SceneRectangle& r) const {
        return Json::array({"rectangle", json_of(r.box), json_of(r.fill), json_of(r.stroke), r.radius});
    }
    Json operator()(const SceneLine& l) const {
        return Json::array({"line", json_of(l.from), json_of(l.to), json_of(l.stroke)});
    }
    Json operator()(const ScenePolyline& p) const {
        return Json::array({"polyline", json_of(p.points), json_of(p.stroke)});
    }
    Json operator()(const ScenePolygon& p) const {
        return Json::array({"polygon", json_of(p.points), json_of(p.fill), json_of(p.stroke)});
    }
    Json operator()(const SceneCircle& c) const {
        return Json::array({"circle", json_of(c.center), c.radius, json_of(c.fill), json_of(c.stroke)});
    }
    Json operator()(const SceneText& t) const {
        return Json::array({"text", t.text, json_of(t.position), static_cast<int>(t.anchor), static_cast<int>(t.level),
                            t.size_pt, t.rotation, json_of(t.color), t.bold});
    }
    // Colours as red, green, blue, alpha, a byte each.
    Json operator()(const SceneImage& i) const {
        std::string bytes;
        bytes.reserve(4 * i.cells.size());
        for (const Color c : i.cells)
            for (const std::uint8_t channel : {c.red, c.green, c.blue, c.alpha})
                bytes.push_back(static_cast<char>(channel));
        return Json::array({"image", json_of(i.box), i.columns, i.rows, base64_of(bytes)});
    }
};

Result<SceneImage> image_from(const Json& j) {
    SceneImage image{box_from(j.at(1)), j.at(2).get<int>(), j.at(3).get<int>(), {}};
    const auto& text = j.at(4).get_ref<const std::string&>();
    const auto bytes = bytes_of_base64(text);
    if (!bytes) return Error{"is no figure: the colours of an image are not base64", "input", {}};
    if (bytes->size() % 4 == 0) {
        for (std::size_t at = 0; at < bytes->size(); at += 4) {
            const auto channel = [&](std::size_t i) { return static_cast<std::uint8_t>((*bytes)[at + i]); };
            image.cells.push_back({channel(0), channel(1), channel(2), channel(3)});
        }
    }
    if (!image.is_whole())
        return Error{"is no figure: an image of " + std::to_string(image.columns) + " columns and " +
                         std::to_string(image.rows) + " rows has " + std::to_string(bytes->size()) +
                         " bytes of colours; four per cell were expected, and 1 to " +
                         std::to_string(SceneImage::most_cells) + " cells a side",
                     "input",
                     {}};
    return image;
}

ScenePrimitive primitive_from(const Json& j) {
    const auto kind = j.at(0).get<std::string>();
    if (kind == "rectangle")
        return SceneRectangle{box_from(j.at(1)), optional_from(j.at(2), color_from),
                              optional_from(j.at(3), stroke_from), j.at(4).get<double>()};
    if (kind == "line") return SceneLine{point_from(j.at(1)), point_from(j.at(2)), stroke_from(j.at(3))};
    if (kind == "polyline") return ScenePolyline{points_from(j.at(1)), stroke_from(j.at(2))};
    if (kind == "polygon")
        return ScenePolygon{points_from(j.at(1)), optional_from(j.at(2), color_from),
                            optional_from(j.at(3), stroke_from)};
    if (kind == "circle")
        return SceneCircle{point_from(j.at(1)), j.at(2).get<double>(), optional_from(j.at(3), color_from),
                           optional_from(j.at(4), stroke_from)};
    return SceneText{j.at(1).get<std::string>(),
                     point_from(j.at(2)),
                     static_cast<TextAnchor>(j.at(3).get<int>()),
                     static_cast<TextLevel>(j.at(4).get<int>()),
                     j.at(5).get<double>(),
                     j.at(6).get<double>(),
                     color_from(j.at(7)),
                     j.at(8).get<bool>()};
}

}  // namespace

Json to_json(const Scene& scene, const FigureMetadata& metadata) {
    Json primitives = Json::array();
    for (const auto& primitive : scene.primitives) {
        const auto* image = std::get_if<SceneImage>(&primitive);
        if (!image || image->is_whole()) primitives.push_back(std::visit(Writer{}, primitive));
    }
    return {{"width_mm", scene.width_mm}, {"height_mm", scene.height_mm},     {"background", json_of(scene.background)},
            {"title", scene.title},       {"description", scene.description}, {"primitives", std::move(primitives)},
            {"metadata", metadata}};
}

Result<SceneWithMetadata> scene_from_json(const Json& json) {
    SceneWithMetadata result;
    Scene& scene = result.scene;
    try {
        json.at("width_mm").get_to(scene.width_mm);
        json.at("height_mm").get_to(scene.height_mm);
        scene.background = color_from(json.at("background"));
        json.at("title").get_to(scene.title);
        json.at("description").get_to(scene.description);
        for (const auto& primitive : json.at("primitives")) {
            if (primitive.at(0) == "image") {
                LOTTERY_TRY(auto image, image_from(primitive));
                scene.add(std::move(image));
            } else {
                scene.add(primitive_from(primitive));
            }
        }
        json.at("metadata").get_to(result.metadata);
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is no figure: ") + e.what(), "input", {}};
    }
    return result;
}

}  // namespace lottery
