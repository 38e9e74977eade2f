// SPDX-License-Identifier: GPL-3.0-or-later
//
// Agreement of two labellers against scikit-learn (tests/reference/make_pattern_goldens.py).
#include "core/statistics/cohen_kappa.h"

#include <QTest>
#include <cmath>
#include <vector>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

class TestCohenKappa : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void as_scikit_learn_data() {
        QTest::addColumn<int>("row");
        const auto goldens = read_golden(golden_folder("patterns") / "kappa.json");
        for (int i = 0; i < static_cast<int>(goldens.at("rows").size()); ++i)
            QTest::newRow(goldens.at("rows")[static_cast<std::size_t>(i)].at("name").get<std::string>().c_str()) << i;
    }
    void as_scikit_learn() {
        QFETCH(int, row);
        const auto goldens = read_golden(golden_folder("patterns") / "kappa.json");
        const Json& golden = goldens.at("rows")[static_cast<std::size_t>(row)];
        const auto first = golden.at("first").get<std::vector<int>>();
        const auto second = golden.at("second").get<std::vector<int>>();
        const auto found = label_agreement(first, second);
        QVERIFY(found.has_value());
        QCOMPARE(found->items, first.size());
        QVERIFY(std::abs(found->observed - golden.at("observed").get<double>()) < 1e-12);
        QCOMPARE(found->kappa.has_value(), !golden.at("kappa").is_null());
        if (found->kappa) QVERIFY(std::abs(*found->kappa - golden.at("kappa").get<double>()) < 1e-12);
        // Who is first does not matter.
        const auto turned = label_agreement(second, first);
        QVERIFY(turned && turned->kappa == found->kappa && turned->by_chance == found->by_chance);
    }

    void without_items() { QVERIFY(!label_agreement({}, {})); }

    // Worked by hand: agree on 3 of 4; labels 2 + 2 and 3 + 1, so by chance (2·3 + 2·1) / 16.
    void by_hand() {
        const std::vector<int> first{0, 0, 1, 1}, second{0, 0, 0, 1};
        const auto found = label_agreement(first, second);
        QCOMPARE(found->observed, 0.75);
        QCOMPARE(found->by_chance, 0.5);
        QCOMPARE(*found->kappa, 0.5);
    }
};

QTEST_APPLESS_MAIN(TestCohenKappa)
#include "tst_cohen_kappa.moc"
