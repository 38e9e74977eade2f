// SPDX-License-Identifier: GPL-3.0-or-later
//
// Agreement of masks against statsmodels, krippendorff and scipy (tests/reference/make_agreement_goldens.py).
#include "core/statistics/agreement.h"

#include <QTest>
#include <cmath>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

std::vector<MaskRow> rows_from(const Json& masks) {
    std::vector<MaskRow> rows;
    for (const auto& text : masks) {
        auto& row = rows.emplace_back();
        for (const char c : text.get<std::string>()) row.push_back(c == '1' ? 1 : 0);
    }
    return rows;
}

// `relative` beside an absolute 1e-12 for numbers near 0.
bool same(const std::optional<double>& found, const Json& expected, double relative = 1e-12) {
    if (expected.is_null()) return !found;
    const auto value = expected.get<double>();
    return found && std::abs(*found - value) <= relative * std::abs(value) + 1e-12;
}

bool same_p(const std::optional<double>& found, const Json& expected) {
    if (expected.is_null()) return !found;
    return found && std::abs(*found - expected.get<double>()) <= 1e-10 * expected.get<double>();
}

}  // namespace

class TestAgreement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void as_statsmodels_and_krippendorff_data() {
        QTest::addColumn<int>("row");
        const auto goldens = read_golden(golden_folder("statistics") / "agreement.json");
        for (int i = 0; i < static_cast<int>(goldens.at("rows").size()); ++i)
            QTest::newRow(goldens.at("rows")[static_cast<std::size_t>(i)].at("name").get<std::string>().c_str()) << i;
    }
    void as_statsmodels_and_krippendorff() {
        QFETCH(int, row);
        const auto goldens = read_golden(golden_folder("statistics") / "agreement.json");
        const Json& golden = goldens.at("rows")[static_cast<std::size_t>(row)];
        const auto rows = rows_from(golden.at("masks"));
        const auto test = cochran_q(rows);
        QVERIFY(same(test ? std::optional(test->q) : std::nullopt, golden.at("q")));
        QVERIFY(same_p(test ? std::optional(test->p_value) : std::nullopt, golden.at("p_value")));
        if (test) QCOMPARE(test->degrees_of_freedom, static_cast<int>(rows.size()) - 1);
        QVERIFY(same(fleiss_kappa(rows), golden.at("fleiss_kappa")));
        QVERIFY(same(krippendorff_alpha(rows), golden.at("krippendorff_alpha")));
        std::vector<std::optional<double>> p_values;
        for (std::size_t a = 0; a < rows.size(); ++a)
            for (std::size_t b = a + 1; b < rows.size(); ++b) {
                const auto pair = cochran_q({rows[a], rows[b]});
                p_values.push_back(pair ? std::optional(pair->p_value) : std::nullopt);
                QVERIFY(same_p(p_values.back(), golden.at("pair_p_values")[p_values.size() - 1]));
            }
        const auto adjusted = holm_adjusted(p_values);
        QCOMPARE(adjusted.size(), golden.at("pair_p_holm").size());
        for (std::size_t i = 0; i < adjusted.size(); ++i) QVERIFY(same_p(adjusted[i], golden.at("pair_p_holm")[i]));
    }

    void too_few_masks() {
        QVERIFY(!cochran_q({}) && !fleiss_kappa({}) && !krippendorff_alpha({}));
        QVERIFY(!cochran_q({{1, 0}}) && !fleiss_kappa({{1, 0}}) && !krippendorff_alpha({{1, 0}}));
        QVERIFY(!cochran_q({{}, {}}) && !fleiss_kappa({{}, {}}) && !krippendorff_alpha({{}, {}}));
    }

    void jaccard_and_its_expectation() {
        QVERIFY(std::abs(*jaccard({1, 1, 0, 0}, {1, 0, 1, 0}) - 1 / 3.) < 1e-15);
        QCOMPARE(*jaccard({1, 1}, {1, 1}), 1.0);
        QCOMPARE(*jaccard({1, 0}, {0, 1}), 0.0);
        QVERIFY(!jaccard({0, 0}, {0, 0}));
        QCOMPARE(kept_count({1, 0, 1}), 2);
        QCOMPARE(shared_count({1, 0, 1}, {1, 1, 0}), 1);
        QVERIFY(!expected_jaccard(0, 0, 12));
        const auto goldens = read_golden(golden_folder("statistics") / "agreement.json");
        for (const auto& row : goldens.at("expected_jaccard"))
            QVERIFY2(same(expected_jaccard(row.at("first").get<int>(), row.at("second").get<int>(),
                                           row.at("all").get<int>()),
                          row.at("value"), 1e-11),
                     row.dump().c_str());
    }

    void holm_by_hand() {
        // Holm's own rule: p(i) × (n − i + 1), never falling, never above 1.
        const auto adjusted = holm_adjusted({0.01, std::nullopt, 0.04, 0.03});
        QVERIFY(!adjusted[1]);
        QVERIFY(std::abs(*adjusted[0] - 0.03) < 1e-15);
        QVERIFY(std::abs(*adjusted[3] - 0.06) < 1e-15);
        QVERIFY(std::abs(*adjusted[2] - 0.06) < 1e-15);
        QCOMPARE(*holm_adjusted({0.9, 0.8})[0], 1.0);
        QVERIFY(holm_adjusted({}).empty());
    }
};

QTEST_GUILESS_MAIN(TestAgreement)
#include "tst_agreement.moc"
