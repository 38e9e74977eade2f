// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <set>

using namespace lottery;

class TestRandom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The C++ standard fixes this engine's 10000th number; what is built on it must stay as it is.
    void draws_are_the_engines() {
        std::mt19937_64 engine(42);
        Random random(42);
        for (int i = 0; i < 100; ++i) {
            const auto draw = engine();
            QCOMPARE(random.uniform(), std::ldexp(static_cast<double>(draw >> 11), -53));
        }
        for (int i = 0; i < 100; ++i) QCOMPARE(random.below(10), engine() % 10);
    }

    void numbers_below_a_bound() {
        Random random(1);
        std::vector<int> counts(7);
        for (int i = 0; i < 7000; ++i) ++counts.at(random.below(7));
        // Five standard deviations of a fair draw.
        for (const int count : counts) QVERIFY(std::abs(count - 1000) < 5 * std::sqrt(1000.0 * 6 / 7));
        for (int i = 0; i < 10; ++i) QCOMPARE(random.below(1), std::uint64_t{0});
    }

    void permutations() {
        Random a(7);
        Random b(7);
        Random c(8);
        const auto first = a.permutation(100);
        QCOMPARE(b.permutation(100), first);
        QVERIFY(c.permutation(100) != first);
        QVERIFY(a.permutation(100) != first);
        auto sorted = first;
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = 0; i < sorted.size(); ++i) QCOMPARE(sorted[i], i);
        QVERIFY(a.permutation(0).empty());
    }

    void seeds_differ_by_stream() {
        std::set<std::uint64_t> seeds;
        for (std::uint64_t seed : {0ULL, 1ULL, 1337ULL, ~0ULL})
            for (std::uint64_t stream = 0; stream < 1000; ++stream) seeds.insert(derive_seed(seed, stream));
        QCOMPARE(seeds.size(), std::size_t{4000});
        QCOMPARE(derive_seed(1337, 5), derive_seed(1337, 5));
    }
};

QTEST_GUILESS_MAIN(TestRandom)
#include "tst_random.moc"
