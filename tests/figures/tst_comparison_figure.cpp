// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several searches in one figure: what is drawn where, and the numbers beside it.
#include "core/figures/comparison_figure.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/figures/axes.h"

using namespace lottery;

namespace {

ComparisonContent content_of(int series, bool speeds) {
    ComparisonContent content;
    content.metric = "acc";
    content.threshold_score = 0.72;
    content.title = "MRPC: masks on dev";
    for (int s = 0; s < series; ++s) {
        ComparisonSeries line{"criterion number " + std::to_string(s), {}};
        for (int i = 0; i < 5; ++i) {
            const double share = 1.0 - 0.1 * i;
            const double score = 0.8 - 0.03 * i - 0.01 * s;
            line.points.push_back(
                {i, share, speeds ? std::optional<double>(4 * share) : std::nullopt, score, score >= 0.72});
        }
        content.series.push_back(line);
    }
    return content;
}

template <typename Primitive>
std::vector<Primitive> all_of(const Scene& scene) {
    std::vector<Primitive> found;
    for (const auto& p : scene.primitives)
        if (const auto* one = std::get_if<Primitive>(&p)) found.push_back(*one);
    return found;
}

bool says(const Scene& scene, const std::string& text) {
    const auto texts = all_of<SceneText>(scene);
    return std::any_of(texts.begin(), texts.end(), [&](const SceneText& t) { return t.text == text; });
}

FigureStyle style_of(double width_mm) {
    FigureStyle style;
    style.width_mm = width_mm;
    return style;
}

}  // namespace

class TestComparisonFigure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_line_per_search_data() {
        QTest::addColumn<int>("series");
        QTest::addColumn<bool>("speeds");
        for (const int series : {1, 2, 7})
            for (const bool speeds : {false, true})
                QTest::addRow("%d searches%s", series, speeds ? ", timed" : "") << series << speeds;
    }
    void a_line_per_search() {
        QFETCH(int, series);
        QFETCH(bool, speeds);
        const auto content = content_of(series, speeds);
        QCOMPARE(has_speeds(content), speeds);
        const auto figure = comparison_figure(content, style_of(two_columns_mm));
        const auto lines = all_of<ScenePolyline>(figure.scene);
        QCOMPARE(lines.size(), static_cast<std::size_t>(series * (speeds ? 2 : 1)));
        for (const auto& line : lines) {
            QCOMPARE(line.points.size(), std::size_t{5});
            // From the full model at the right to the smallest at the left; lower scores lie lower.
            for (std::size_t i = 1; i < line.points.size(); ++i) {
                QVERIFY(line.points[i].x < line.points[i - 1].x);
                QVERIFY(line.points[i].y > line.points[i - 1].y);
            }
        }
        QVERIFY(says(figure.scene, "Parameters kept, % (embeddings aside)"));
        QVERIFY(says(figure.scene, "accuracy"));
        QCOMPARE(says(figure.scene, "Time per example, ms"), speeds);
        for (const auto& s : content.series) QVERIFY(says(figure.scene, s.name));
    }

    void looks_differ() {
        const auto figure = comparison_figure(content_of(7, false), style_of(two_columns_mm));
        std::set<std::pair<std::string, std::vector<double>>> looks;
        for (const auto& line : all_of<ScenePolyline>(figure.scene))
            looks.insert({to_hex(line.stroke.color), line.stroke.dashes});
        QCOMPARE(looks.size(), std::size_t{7});
    }

    void everything_lies_inside_and_legend_entries_do_not_overlap() {
        for (const double width : {one_column_mm, two_columns_mm}) {
            const auto figure = comparison_figure(content_of(7, true), style_of(width));
            const auto texts = all_of<SceneText>(figure.scene);
            for (const auto& t : texts) {
                if (t.rotation != 0.0) continue;
                const double w = text_width_mm(t.text, t.size_pt);
                const double left = t.anchor == TextAnchor::Start ? t.position.x
                                    : t.anchor == TextAnchor::End ? t.position.x - w
                                                                  : t.position.x - w / 2;
                QVERIFY2(left >= -0.01 && left + w <= width + 0.01, t.text.c_str());
                QVERIFY(t.position.y >= 0 && t.position.y <= figure.scene.height_mm);
            }
            std::vector<SceneText> names;
            for (const auto& t : texts)
                if (t.text.starts_with("criterion number")) names.push_back(t);
            for (std::size_t a = 0; a < names.size(); ++a)
                for (std::size_t b = a + 1; b < names.size(); ++b)
                    QVERIFY(names[a].position.y != names[b].position.y ||
                            std::abs(names[a].position.x - names[b].position.x) >
                                text_width_mm(names[a].text, names[a].size_pt));
        }
    }

    void masks_below_the_threshold_are_hollow() {
        const auto content = content_of(1, false);
        const FigureStyle style = style_of(one_column_mm);
        const auto circles = all_of<SceneCircle>(comparison_figure(content, style).scene);
        const auto hollow = std::count_if(circles.begin(), circles.end(), [&](const SceneCircle& c) {
            return c.fill && *c.fill == style.colors.background;
        });
        // Two of the five points (0.71 and 0.68), and the legend's sample.
        QCOMPARE(hollow, 3);
    }

    void undefined_scores_are_left_out() {
        auto content = content_of(1, false);
        content.series[0].points[2].score = std::nan("");
        content.threshold_score = std::nan("");
        const auto figure = comparison_figure(content, style_of(one_column_mm));
        QCOMPARE(all_of<ScenePolyline>(figure.scene)[0].points.size(), std::size_t{4});
        QVERIFY(!says(figure.scene, "threshold undefined"));
        QCOMPARE(figure.data.rows.size(), std::size_t{5});
        comparison_figure({}, style_of(one_column_mm));  // nothing at all is no reason to fall over
    }

    void data() {
        auto content = content_of(2, false);
        content.series[1].points[3].milliseconds_per_example = 2.5;
        const auto table = comparison_figure(content, style_of(one_column_mm)).data;
        QCOMPARE(table.rows.size(), std::size_t{10});
        QCOMPARE(std::get<std::string>(table.rows[0][0]), std::string("criterion number 0"));
        QCOMPARE(std::get<std::string>(table.rows[0][4]), std::string());
        QCOMPARE(std::get<double>(table.rows[8][4]), 2.5);
        QCOMPARE(std::get<double>(table.rows[8][3]), 1.0 - 0.1 * 3);
        QCOMPARE(std::get<std::int64_t>(table.rows[9][1]), std::int64_t{4});
    }
};

QTEST_GUILESS_MAIN(TestComparisonFigure)
#include "tst_comparison_figure.moc"
