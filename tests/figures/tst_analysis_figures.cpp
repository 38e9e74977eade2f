// SPDX-License-Identifier: GPL-3.0-or-later
//
// Matrices, curves and boxes: what is drawn, where it lies, and their data; and scenes that are handed on as JSON.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/figures/box_figure.h"
#include "core/figures/lines_figure.h"
#include "core/figures/matrix_figure.h"
#include "core/figures/scene_json.h"
#include "core/figures/writers.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

MatrixContent some_matrix() {
    MatrixContent content;
    content.names = {"MRPC", "RTE", "a task with a long name"};
    content.values = {{10, 4, 3}, {4, 8, kNone}, {3, kNone, 6}};
    content.deviations = {{1, 0.5, 0.5}, {0.5, 1, kNone}, {0.5, kNone, 1}};
    content.value_label = "shared heads";
    return content;
}

FigureStyle style_of(double width, double height = 0.0) {
    FigureStyle style;
    style.width_mm = width;
    style.height_mm = height;
    return style;
}

}  // namespace

class TestAnalysisFigures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_lower_triangle_is_drawn() {
        MatrixOptions options;
        options.title = "Overlap";
        for (const double width : {60.0, 85.0, 175.0}) {
            const Figure figure = matrix_figure(some_matrix(), options, style_of(width));
            QVERIFY(finite(figure.scene));
            QCOMPARE(outside(figure.scene), QString());
            QCOMPARE(figure.data.rows.size(), std::size_t{6});
        }
        const Figure figure = matrix_figure(some_matrix(), options, style_of(85.0));
        const auto texts = texts_of(figure.scene);
        QVERIFY(texts.contains("10.0"));
        QVERIFY(texts.contains("\u00b10.5"));
        QVERIFY(texts.contains("\u2013"));  // undefined
        QVERIFY(texts.contains("shared heads"));
    }

    void cells_are_found_under_a_point() {
        const auto content = some_matrix();
        const FigureStyle style = style_of(120.0, 90.0);
        const auto layout = layout_matrix(content, {}, style);
        for (int row = 0; row < 3; ++row)
            for (int column = 0; column < 3; ++column) {
                const auto found = matrix_cell_at(layout, layout.cell(row, column).center());
                QCOMPARE(found.has_value(), column <= row);
                if (found) QVERIFY(*found == (std::pair{row, column}));
            }
        QVERIFY(!matrix_cell_at(layout, {0.0, 0.0}).has_value());
        QVERIFY(layout.grid.bottom() <= layout.height_mm);
    }

    void an_empty_matrix_is_a_title() {
        MatrixOptions options;
        options.title = "Nothing";
        const Figure figure = matrix_figure({}, options, style_of(85.0));
        QVERIFY(finite(figure.scene));
        QVERIFY(figure.data.rows.empty());
    }

    void curves_have_bands_and_gaps() {
        LinesContent content;
        content.title = "Evolution";
        content.band = "quartiles";
        content.panels = {
            {"Search step",
             "median",
             {{"MRPC", {{0, 0.5, 0.2, 0.8}, {1, 0.4, 0.1, 0.7}, {2, kNone, kNone, kNone}, {3, 0.2, 0.1, 0.3}}}}},
            {"Search step", "overlap", {{"MRPC", {{0, 1.0}, {1, 0.7}}}}}};
        const Figure figure = lines_figure(content, style_of(175.0));
        QVERIFY(finite(figure.scene));
        QCOMPARE(outside(figure.scene), QString());
        QCOMPARE(figure.data.rows.size(), std::size_t{6});
        // One stretch with a band; a single point has none. Two lines: one of two points, none of one.
        QCOMPARE(count<ScenePolygon>(figure.scene, [](const auto& p) { return p.points.size() == 4; }), 1);
        QCOMPARE(count<ScenePolyline>(figure.scene, [](const auto& p) { return p.points.size() == 2; }), 2);
        QVERIFY(texts_of(figure.scene).contains("quartiles"));
        QVERIFY(finite(lines_figure({"Nothing", {}, {}}, style_of(85.0)).scene));
    }

    void boxes_stand_in_groups() {
        BoxContent content;
        content.title = "Importances";
        content.value_label = "importance of heads";
        content.groups = {{"MRPC", {"seed 1", "seed 2"}, {{0, 0.2, 0.4, 0.6, 1}, {0, 0.1, 0.1, 0.1, 0.9}}},
                          {"RTE", {"seed 1"}, {{0.2, 0.2, 0.2, 0.2, 0.2}}}};
        for (const double width : {60.0, 85.0, 175.0}) {
            const Figure figure = box_figure(content, style_of(width));
            QVERIFY(finite(figure.scene));
            QCOMPARE(outside(figure.scene), QString());
            QCOMPARE(figure.data.rows.size(), std::size_t{3});
            QCOMPARE(count<SceneRectangle>(figure.scene, [](const auto& r) { return r.stroke.has_value(); }), 3);
            QVERIFY(texts_of(figure.scene).contains("RTE"));
        }
        QVERIFY(finite(box_figure({}, style_of(85.0)).scene));
    }

    void scenes_are_handed_on_whole() {
        MatrixOptions options;
        options.title = "Über \"alles\"";
        for (Scene scene :
             {matrix_figure(some_matrix(), options, style_of(85.0)).scene,
              lines_figure({"Curves", {{"x", "y", {{"a", {{0, 1, 0, 2}, {1, 2, 1, 3}}}}}}, "band"}, style_of(85.0))
                  .scene}) {
            scene.add(SceneCircle{{1, 2}, 3, Color{1, 2, 3, 4}, Stroke{Color{5, 6, 7}, 0.5, {1, 2}}});
            scene.add(SceneImage{{1, 2, 3, 4}, 2, 1, {{1, 2, 3, 4}, {250, 251, 252, 253}}});
            scene.add(SceneImage{{1, 2, 3, 4}, 2, 2, {{1, 2, 3, 4}}});  // not whole: not drawn, not handed on
            const FigureMetadata metadata{{"study", "/a b"}, {"command", "lottery figure"}};
            const auto back = scene_from_json(Json::parse(to_json(scene, metadata).dump()));
            QVERIFY(back.has_value());
            QCOMPARE(svg_of(back->scene, back->metadata), svg_of(scene, metadata));
        }
        QVERIFY(!scene_from_json(Json::object()));
        QVERIFY(!scene_from_json(Json()));
        QVERIFY(!scene_from_json(Json::parse("no JSON", nullptr, false)));
    }

    void bad_images_are_refused_data() {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("reason");
        const QString cells = "2 columns and 1 rows has 4 bytes";
        QTest::newRow("good") << R"(["image", [1, 2, 3, 4], 1, 1, "AQIDBA=="])" << QString();
        QTest::newRow("no base64") << R"(["image", [1, 2, 3, 4], 1, 1, "AQIDBA="])"
                                   << "not base64";
        QTest::newRow("too few cells") << R"(["image", [1, 2, 3, 4], 2, 1, "AQIDBA=="])" << cells;
        QTest::newRow("half a colour") << R"(["image", [1, 2, 3, 4], 1, 1, "AQID"])"
                                       << "3 bytes";
        QTest::newRow("no cells") << R"(["image", [1, 2, 3, 4], 0, 0, ""])"
                                  << "0 columns";
        QTest::newRow("negative") << R"(["image", [1, 2, 3, 4], -1, -1, "AQIDBA=="])"
                                  << "-1 columns";
        QTest::newRow("no colours") << R"(["image", [1, 2, 3, 4], 1, 1])"
                                    << "is no figure";
        QTest::newRow("box of three") << R"(["image", [1, 2, 3], 1, 1, "AQIDBA=="])"
                                      << "is no figure";
        QTest::newRow("number for text") << R"(["image", [1, 2, 3, 4], 1, 1, 5])"
                                         << "is no figure";
    }

    void bad_images_are_refused() {
        QFETCH(QString, image);
        QFETCH(QString, reason);
        Json json = to_json(Scene{}, {});
        json["primitives"].push_back(Json::parse(image.toStdString()));
        const auto read = scene_from_json(json);
        QCOMPARE(read.has_value(), reason.isEmpty());
        if (!read)
            QVERIFY2(QString::fromStdString(read.error().message).contains(reason), read.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestAnalysisFigures)
#include "tst_analysis_figures.moc"
