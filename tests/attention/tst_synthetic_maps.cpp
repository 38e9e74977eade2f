// SPDX-License-Identifier: GPL-3.0-or-later
//
// What synthetic maps of each class have in common, and that a seed gives the same ones everywhere.
#include "core/attention/synthetic_maps.h"

#include <QTest>
#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

using namespace lottery;

namespace {

constexpr int kMaps = 250;  // 50 of each class

// Share of all attention that the columns with most of it get, so many of them.
double columns_share(const LabelledMap& map, std::size_t columns) {
    const auto size = static_cast<std::size_t>(map.size);
    std::vector<double> sums(size, 0.0);
    for (std::size_t i = 0; i < map.values.size(); ++i) sums[i % size] += map.values[i];
    std::sort(sums.begin(), sums.end(), std::greater<>());
    return std::accumulate(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(columns), 0.0) / map.size;
}

// Share of attention to tokens at most an eighth of the map away.
double band_share(const LabelledMap& map) {
    double share = 0.0;
    for (int i = 0; i < map.size; ++i)
        for (int j = 0; j < map.size; ++j)
            if (std::abs(i - j) <= map.size / 8) share += map.values[static_cast<std::size_t>(i * map.size + j)];
    return share / map.size;
}

// How much more than by chance lies within, or across, the two parts that a boundary makes; of the best boundary.
double parts_share(const LabelledMap& map) {
    double best = 0.0;
    for (int boundary = map.size / 5; boundary < map.size * 4 / 5; ++boundary) {
        double inside = 0.0, expected = 0.0;
        // The first column and the band aside: [CLS], and neighbours, are within a part most of the time.
        for (int i = 1; i < map.size; ++i) {
            double row = 0.0, row_inside = 0.0, cells = 0.0, cells_inside = 0.0;
            for (int j = 1; j < map.size; ++j) {
                if (std::abs(i - j) <= map.size / 8) continue;
                const double value = map.values[static_cast<std::size_t>(i * map.size + j)];
                const bool within = (i <= boundary) == (j <= boundary);
                row += value;
                cells += 1.0;
                row_inside += within ? value : 0.0;
                cells_inside += within ? 1.0 : 0.0;
            }
            inside += row > 0 ? row_inside / row : 0.0;
            expected += cells_inside / cells;
        }
        best = std::max(best, std::abs(inside - expected) / (map.size - 1));
    }
    return best;
}

double mean_of(const LabelledMaps& set, PatternClass pattern, const std::function<double(const LabelledMap&)>& share) {
    double sum = 0.0;
    int maps = 0;
    for (const auto& map : set.maps) {
        if (map.label != pattern) continue;
        sum += share(map);
        ++maps;
    }
    return sum / maps;
}

// FNV-1a over the values' bits.
std::uint64_t digest(const LabelledMaps& set) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const auto& map : set.maps)
        for (const float value : map.values) {
            const auto bits = std::bit_cast<std::uint32_t>(value);
            for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ ((bits >> shift) & 0xffU)) * 0x100000001b3ULL;
        }
    return hash;
}

}  // namespace

class TestSyntheticMaps : public QObject {
    Q_OBJECT

private:
    LabelledMaps set_ = synthetic_maps(kMaps, 5);

private Q_SLOTS:
    void are_attention() {
        QCOMPARE(set_.maps.size(), static_cast<std::size_t>(kMaps));
        for (const auto& map : set_.maps) {
            QCOMPARE(map.values.size(), static_cast<std::size_t>(map.size * map.size));
            for (int i = 0; i < map.size; ++i) {
                double sum = 0.0;
                for (int j = 0; j < map.size; ++j) {
                    const float value = map.values[static_cast<std::size_t>(i * map.size + j)];
                    QVERIFY(value >= 0.0F && value <= 1.0F);
                    sum += value;
                }
                QVERIFY(std::abs(sum - 1.0) < 1e-5);
            }
        }
    }

    void say_what_they_are() {
        QCOMPARE(set_.counts(), (std::array<int, pattern_count>{50, 50, 50, 50, 50}));
        QVERIFY(set_.label_file.empty());
        for (const auto& map : set_.maps) QVERIFY(map.name.starts_with("synthetic_"));
    }

    void have_the_sizes_asked_for_data() {
        QTest::addColumn<int>("smallest");
        QTest::addColumn<int>("largest");
        QTest::newRow("default") << 16 << 64;
        QTest::newRow("the smallest there are") << 8 << 11;
        QTest::newRow("one size") << 30 << 30;
    }
    void have_the_sizes_asked_for() {
        QFETCH(int, smallest);
        QFETCH(int, largest);
        const auto set = synthetic_maps(400, 3, {smallest, largest});
        QCOMPARE(set.smallest(), smallest);
        QCOMPARE(set.largest(), largest);
    }

    void come_from_the_seed_alone() {
        QCOMPARE(digest(synthetic_maps(kMaps, 5)), digest(set_));
        QVERIFY(digest(synthetic_maps(kMaps, 6)) != digest(set_));
        // Whatever follows them.
        auto first = set_;
        first.maps.resize(40);
        QCOMPARE(digest(synthetic_maps(40, 5)), digest(first));
    }

    // Recorded: another compiler or processor must not change a bit.
    void are_the_same_everywhere() { QCOMPARE(digest(synthetic_maps(25, 1)), std::uint64_t{16988679787976106129ULL}); }

    void look_like_their_class() {
        const auto columns = [](const LabelledMap& map) { return columns_share(map, 3); };
        const auto mean = [&](PatternClass pattern, const auto& share) { return mean_of(set_, pattern, share); };
        using enum PatternClass;
        for (const auto plain : {Diagonal, Heterogeneous})
            for (const auto striped : {Vertical, VerticalDiagonal})
                QVERIFY(mean(striped, columns) > 1.5 * mean(plain, columns));
        for (const auto plain : {Vertical, Heterogeneous})
            for (const auto banded : {Diagonal, VerticalDiagonal})
                QVERIFY(mean(banded, band_share) > 1.5 * mean(plain, band_share));
        for (const auto other : {Vertical, Diagonal, VerticalDiagonal, Heterogeneous})
            QVERIFY(mean(Block, parts_share) > 1.3 * mean(other, parts_share));
    }

    void heterogeneous_maps_are_none_of_the_others() {
        for (const auto& map : set_.maps) {
            if (map.label != PatternClass::Heterogeneous) continue;
            QVERIFY2(columns_share(map, 1) < 0.5, map.name.c_str());
            QVERIFY2(band_share(map) < 0.6, map.name.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestSyntheticMaps)
#include "tst_synthetic_maps.moc"
