// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers about attention maps, on maps small enough to compute by hand.
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/attention/attention_maps.h"
#include "core/attention/map_search.h"

using namespace lottery;

namespace {

// Two layers of two heads on "[CLS] a [SEP] b [SEP]"-like tokens; head 1 of layer 1 is not present.
AttentionMaps maps_of(std::vector<std::string> texts, std::vector<int> segments) {
    AttentionMaps maps;
    maps.layers = 2;
    maps.heads = 2;
    maps.tokens = {std::move(texts), std::move(segments)};
    maps.present = HeadMatrix(2, 2, 1.0F);
    const auto size = static_cast<std::size_t>(maps.size());
    maps.values.assign(4 * size * size, 1.0F / static_cast<float>(size));
    return maps;
}

AttentionMaps pair_maps() { return maps_of({"[CLS]", "a", "[SEP]", "b", "[SEP]"}, {0, 0, 0, 1, 1}); }

void set_map(AttentionMaps& maps, int layer, int head, const std::vector<float>& map) {
    std::copy(map.begin(), map.end(), maps.values.begin() + (layer * maps.heads + head) * static_cast<int>(map.size()));
}

void remove_head(AttentionMaps& maps, int layer, int head) {
    const auto cells = static_cast<std::size_t>(maps.size()) * static_cast<std::size_t>(maps.size());
    set_map(maps, layer, head, std::vector<float>(cells, NAN));
    maps.present.at(layer, head) = 0.0F;
}

bool all_nan(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isnan(v); });
}

}  // namespace

class TestAttentionMaps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void map_is_a_slice() {
        auto maps = maps_of({"[CLS]", "[SEP]"}, {0, 0});
        for (std::size_t i = 0; i < maps.values.size(); ++i) maps.values[i] = static_cast<float>(i);
        QCOMPARE(maps.map(1, 0)[0], 8.0F);
        QCOMPARE(maps.map(1, 1)[3], 15.0F);
        QCOMPARE(maps.map(0, 1).size(), std::size_t{4});
    }

    void means_leave_out_absent_heads() {
        auto maps = maps_of({"[CLS]", "[SEP]"}, {0, 0});
        set_map(maps, 0, 0, {1, 0, 0, 1});
        set_map(maps, 0, 1, {0, 1, 1, 0});
        set_map(maps, 1, 0, {1, 0, 1, 0});
        remove_head(maps, 1, 1);
        QCOMPARE(mean_over_heads(maps, 0), (std::vector<float>{.5F, .5F, .5F, .5F}));
        QCOMPARE(mean_over_heads(maps, 1), (std::vector<float>{1, 0, 1, 0}));
        QCOMPARE(mean_over_layers(maps, 0), (std::vector<float>{1, 0, .5F, .5F}));
        QCOMPARE(mean_over_layers(maps, 1), (std::vector<float>{0, 1, 1, 0}));
        const auto all = mean_over_all(maps);
        QVERIFY(std::abs(all[0] - 2.0F / 3.0F) < 1e-6F);
        remove_head(maps, 1, 0);
        QVERIFY(all_nan(mean_over_heads(maps, 1)));
    }

    void one_token_through_layers() {
        auto maps = maps_of({"[CLS]", "[SEP]"}, {0, 0});
        set_map(maps, 0, 0, {.75F, .25F, .5F, .5F});
        set_map(maps, 0, 1, {.25F, .75F, .1F, .9F});
        remove_head(maps, 1, 0);
        remove_head(maps, 1, 1);
        const auto pays = through_layers(maps, 0, TokenSide::Pays, -1);
        QCOMPARE(pays.size(), std::size_t{4});
        QCOMPARE(pays[0], .5F);
        QCOMPARE(pays[1], .5F);
        QVERIFY(std::isnan(pays[2]) && std::isnan(pays[3]));
        const auto gets = through_layers(maps, 1, TokenSide::Gets, 1);
        QCOMPARE(gets[0], .75F);
        QCOMPARE(gets[1], .9F);
    }

    void entropy_and_distance() {
        auto maps = maps_of({"[CLS]", "a", "[SEP]"}, {0, 0, 0});
        set_map(maps, 0, 0, {1, 0, 0, 0, 1, 0, 0, 0, 1});  // itself
        set_map(maps, 0, 1, {0, 1, 0, 0, 0, 1, 0, 1, 0});  // one step
        set_map(maps, 1, 0, {2, 2, 2, 4, 4, 4, 0, 0, 0});  // norms: even rows, whatever their sums
        remove_head(maps, 1, 1);
        maps.kind = AttentionKind::Norm;
        const auto entropy = mean_entropy(maps);
        const auto distance = mean_distance(maps);
        QCOMPARE(entropy.at(0, 0), 0.0F);
        QCOMPARE(distance.at(0, 0), 0.0F);
        QCOMPARE(entropy.at(0, 1), 0.0F);
        QCOMPARE(distance.at(0, 1), 1.0F);
        QVERIFY(std::abs(entropy.at(1, 0) - std::log(3.0F)) < 1e-6F);
        QVERIFY(std::abs(distance.at(1, 0) - 8.0F / 9.0F) < 1e-6F);  // rows 0 and 2: (0+1+2)/3, row 1: (1+0+1)/3
        QVERIFY(std::isnan(entropy.at(1, 1)));
        QVERIFY(std::isnan(distance.at(1, 1)));
        const auto signed_maps = difference(maps, maps);
        QVERIFY(signed_maps.has_value());
        QVERIFY(all_nan(mean_entropy(*signed_maps).values));
    }

    void sums() {
        const std::vector<float> map{1, 2, 3, 4};
        QCOMPARE(row_sums(map, 2), (std::vector<double>{3, 7}));
        QCOMPARE(column_sums(map, 2), (std::vector<double>{4, 6}));
    }

    void differences_are_signed() {
        auto a = pair_maps();
        auto b = pair_maps();
        a.values[0] = 1.0F;
        b.values[1] = 1.0F;
        remove_head(b, 0, 1);
        const auto result = difference(a, b);
        QVERIFY(result.has_value());
        QVERIFY(result->difference);
        QCOMPARE(result->map(0, 0)[0], 0.8F);
        QVERIFY(std::abs(result->map(0, 0)[1] + 0.8F) < 1e-6F);
        QVERIFY(!result->has(0, 1));
        QVERIFY(std::isnan(result->map(0, 1)[0]));
    }

    void differences_need_the_same_tokens_and_heads() {
        const auto a = pair_maps();
        const auto b = maps_of({"[CLS]", "a", "[SEP]"}, {0, 0, 0});
        const auto tokens = difference(a, b);
        QVERIFY(!tokens.has_value());
        QVERIFY(tokens.error().message.find("5 and 3") != std::string::npos);
        auto other = pair_maps();
        other.layers = 1;
        other.heads = 4;
        const auto heads = difference(a, other);
        QVERIFY(!heads.has_value());
        QVERIFY(heads.error().message.find("1 layers × 4 heads") != std::string::npos);
    }

    void thumbnails_lose_no_bright_cell_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("pixels");
        for (const int size : {1, 7, 31, 32, 33, 100, 512}) QTest::addRow("%d", size) << size << 32;
    }
    void thumbnails_lose_no_bright_cell() {
        QFETCH(const int, size);
        QFETCH(const int, pixels);
        const auto cells = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
        for (const std::size_t place : {std::size_t{0}, cells / 2, cells - 1}) {
            std::vector<float> map(cells, 0.0F);
            map[place] = -0.5F;
            const auto small = thumbnail(map, size, pixels);
            const auto width = static_cast<std::size_t>(std::min(size, pixels));
            QCOMPARE(small.size(), width * width);
            QCOMPARE(std::count(small.begin(), small.end(), -0.5F), 1);
        }
        const std::vector<float> none(cells, NAN);
        QVERIFY(all_nan(thumbnail(none, size, pixels)));
    }

    void shares_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<double>("expected");
        // Tokens [CLS] a [SEP] b [SEP], each row even over its five tokens.
        QTest::newRow("[CLS]") << "cls" << .2;
        QTest::newRow("[SEP]") << "sep" << .4;
        QTest::newRow("itself") << "itself" << .2;
        QTest::newRow("next") << "next" << .2;
        QTest::newRow("previous") << "previous" << .2;
        QTest::newRow("other segment") << "other-segment" << .2;
        QTest::newRow("one word") << "one-word" << .2;
    }
    void shares() {
        QFETCH(const QString, id);
        QFETCH(const double, expected);
        auto maps = pair_maps();
        const auto what = parse_attends_to(id.toStdString());
        QVERIFY(what.has_value());
        QVERIFY(info(*what).what == *what);
        const auto share = attention_share(maps.map(0, 0), maps.tokens, *what);
        QVERIFY(share.has_value());
        QVERIFY(std::abs(*share - expected) < 1e-6);
        // Norms give the same shares, whatever their size.
        for (float& value : maps.values) value *= 7.0F;
        QVERIFY(std::abs(*attention_share(maps.map(0, 0), maps.tokens, *what) - expected) < 1e-6);
        remove_head(maps, 0, 0);
        QVERIFY(!attention_share(maps.map(0, 0), maps.tokens, *what).has_value());
    }

    void shares_find_what_a_head_does() {
        auto maps = pair_maps();
        // a and b look at each other, [CLS] at itself, the first [SEP] at the last, the last at itself.
        set_map(maps, 0, 0, {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1});
        const auto share = [&](AttendsTo what) { return *attention_share(maps.map(0, 0), maps.tokens, what); };
        QCOMPARE(share(AttendsTo::OtherSegment), 1.0);
        QCOMPARE(share(AttendsTo::Itself), .4);
        QCOMPARE(share(AttendsTo::Cls), 0.0);  // [CLS] itself does not count
        QCOMPARE(share(AttendsTo::Sep), 0.0);  // nor does [SEP]
        QCOMPARE(share(AttendsTo::OneWord), .2);
        const TokenRow single{{"[CLS]", "a", "[SEP]"}, {0, 0, 0}};
        const std::vector<float> even(9, 1.0F / 3.0F);
        QVERIFY(!attention_share(even, single, AttendsTo::OtherSegment).has_value());
        QVERIFY(!parse_attends_to("nothing").has_value());
    }

    void best_come_first() {
        QCOMPARE(best_texts({{0, .1}, {1, .5}, {2, .5}, {3, .9}}, 3),
                 (std::vector<FoundText>{{3, .9}, {1, .5}, {2, .5}}));
        QVERIFY(best_texts({}, 3).empty());
    }

    // A cell is the mean over those texts that have both tokens, in whatever order the texts come.
    void means_over_texts() {
        auto two = maps_of({"[CLS]", "[SEP]"}, {0, 0});
        auto three = maps_of({"[CLS]", "a", "[SEP]"}, {0, 0, 0});
        set_map(two, 0, 0, {.5F, .5F, 1, 0});
        set_map(three, 0, 0, {1, 0, 0, 0, 1, 0, .25F, .25F, .5F});
        remove_head(two, 1, 1);
        remove_head(three, 1, 1);
        for (const bool longest_first : {false, true}) {
            MeanMaps mean;
            QCOMPARE(mean.mean().size(), 0);
            mean.add(longest_first ? three : two);
            mean.add(longest_first ? two : three);
            QCOMPARE(mean.texts(), std::int64_t{2});
            const auto maps = mean.mean();
            QCOMPARE(maps.size(), 3);
            QCOMPARE(maps.tokens.texts, (std::vector<std::string>{"1", "2", "3"}));
            const auto map = maps.map(0, 0);
            QCOMPARE(std::vector<float>(map.begin(), map.end()),
                     (std::vector<float>{.75F, .25F, 0, .5F, .5F, 0, .25F, .25F, .5F}));
            QVERIFY(!maps.has(1, 1));
            QVERIFY(std::isnan(maps.map(1, 1)[0]));
        }
    }
};

QTEST_GUILESS_MAIN(TestAttentionMaps)
#include "tst_attention_maps.moc"
