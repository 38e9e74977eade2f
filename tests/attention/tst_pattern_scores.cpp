// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names of classes, and scores against scikit-learn (tests/reference/make_pattern_goldens.py).
#include "core/attention/pattern_scores.h"

#include <QTest>
#include <cmath>

#include "core/attention/classifier_info.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

std::vector<PatternClass> classes_from(const Json& json) {
    std::vector<PatternClass> classes;
    for (const auto& one : json) classes.push_back(all_patterns()[one.get<std::size_t>()]);
    return classes;
}

bool same(const std::optional<double>& found, const Json& expected) {
    if (expected.is_null()) return !found;
    return found && std::abs(*found - expected.get<double>()) < 1e-12;
}

}  // namespace

class TestPatternScores : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void as_scikit_learn_data() {
        QTest::addColumn<int>("row");
        const auto goldens = read_golden(golden_folder("patterns") / "scores.json");
        for (int i = 0; i < static_cast<int>(goldens.at("rows").size()); ++i)
            QTest::newRow(goldens.at("rows")[static_cast<std::size_t>(i)].at("name").get<std::string>().c_str()) << i;
    }
    void as_scikit_learn() {
        QFETCH(int, row);
        const auto goldens = read_golden(golden_folder("patterns") / "scores.json");
        const Json& golden = goldens.at("rows")[static_cast<std::size_t>(row)];
        const auto truth = classes_from(golden.at("truth")), predicted = classes_from(golden.at("predicted"));
        const auto scores = pattern_scores(truth, predicted);
        QCOMPARE(scores.maps, static_cast<std::int64_t>(truth.size()));
        QVERIFY(same(scores.accuracy, golden.at("accuracy")));
        QVERIFY(Json(scores.confusion) == golden.at("confusion"));
        for (std::size_t c = 0; c < pattern_count; ++c) {
            QVERIFY(same(scores.classes[c].precision, golden.at("precision")[c]));
            QVERIFY(same(scores.classes[c].recall, golden.at("recall")[c]));
            QVERIFY(same(scores.classes[c].f1, golden.at("f1")[c]));
        }
        QCOMPARE(static_cast<std::int64_t>(scores.wrong.size()), scores.maps - scores.correct);
        for (const auto place : scores.wrong) QVERIFY(truth[place] != predicted[place]);
    }

    void of_nothing() {
        const auto scores = pattern_scores({}, {});
        QVERIFY(!scores.accuracy && scores.wrong.empty() && scores.maps == 0);
        for (const auto& one : scores.classes) QVERIFY(!one.precision && !one.recall && !one.f1);
    }

    void most_probable_class() {
        QVERIFY(most_probable({0.1F, 0.2F, 0.4F, 0.2F, 0.1F}) == PatternClass::VerticalDiagonal);
        QVERIFY(most_probable({0.1F, 0.4F, 0.0F, 0.4F, 0.1F}) == PatternClass::Diagonal);
    }

    void reads_names_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("pattern");  // -1: refused
        const auto row = [](const char* name, PatternClass pattern) {
            QTest::newRow(name) << name << static_cast<int>(pattern);
        };
        for (const auto pattern : all_patterns()) row(to_string(pattern), pattern);
        row("mix", PatternClass::VerticalDiagonal);
        row("Vertical + Diagonal", PatternClass::VerticalDiagonal);
        row("vertical_diagonal", PatternClass::VerticalDiagonal);
        row("vertical-diagonal", PatternClass::VerticalDiagonal);
        row("other", PatternClass::Heterogeneous);
        row("single_vertical", PatternClass::Vertical);
        row("double_vertical", PatternClass::Vertical);
        row("multiple_vertical", PatternClass::Vertical);
        row("  BLOCK\t\r", PatternClass::Block);
        for (const char* name : {"", " ", "blocks", "vertical+", "mixed", "0", "diagonal+vertical"})
            QTest::addRow("no class \"%s\"", name) << name << -1;
    }
    void reads_names() {
        QFETCH(QString, name);
        QFETCH(int, pattern);
        const auto found = parse_pattern(name.toStdString(), "labels.tsv:7");
        QCOMPARE(found.has_value(), pattern >= 0);
        if (found) {
            QCOMPARE(static_cast<int>(*found), pattern);
            return;
        }
        QCOMPARE(found.error().place, std::string("labels.tsv:7"));
        QVERIFY(found.error().advice.find("vertical+diagonal") != std::string::npos);
    }

    void classifiers_take_their_kind_of_maps_data() {
        QTest::addColumn<int>("classifier");
        QTest::addColumn<int>("maps");
        QTest::addColumn<bool>("fits");
        constexpr AttentionKind kinds[] = {AttentionKind::Raw, AttentionKind::Norm, AttentionKind::NormAsPublished};
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t m = 0; m < 3; ++m)
                QTest::addRow("%s, maps %zu", to_string(all_classifier_kinds[c]), m)
                    << static_cast<int>(all_classifier_kinds[c]) << static_cast<int>(kinds[m]) << (c == m);
        for (const auto kind : kinds)
            QTest::addRow("synthetic, maps %d", static_cast<int>(kind))
                << static_cast<int>(ClassifierKind::Synthetic) << static_cast<int>(kind) << true;
    }
    void classifiers_take_their_kind_of_maps() {
        QFETCH(int, classifier);
        QFETCH(int, maps);
        QFETCH(bool, fits);
        ClassifierInfo info;
        info.kind = static_cast<ClassifierKind>(classifier);
        const auto found = check_classifier_kind(info, static_cast<AttentionKind>(maps), "c.safetensors");
        QCOMPARE(found.has_value(), fits);
        if (!found) QVERIFY(found.error().to_string().starts_with("c.safetensors: was trained on "));
        QCOMPARE(info.divides_rows(), info.kind == ClassifierKind::Synthetic);
    }
};

QTEST_APPLESS_MAIN(TestPatternScores)
#include "tst_pattern_scores.moc"
