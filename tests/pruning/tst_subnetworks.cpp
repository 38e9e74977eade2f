// SPDX-License-Identifier: GPL-3.0-or-later
//
// Controls and super masks (method.md §5) over random masks of many shapes: sizes and set relations that must hold
// for every draw.
#include "core/pruning/subnetworks.h"

#include <QTest>
#include <cmath>

using namespace lottery;

namespace {

using Values = std::vector<float>;

// Each component kept with probability `share`; 0 and 1 give the empty and the full mask.
ComponentMasks some_masks(int layers, int heads, double share, Random& random) {
    auto masks = ComponentMasks::all_kept(layers, heads);
    for (auto* values : {&masks.heads.values, &masks.mlps})
        for (auto& value : *values) value = random.uniform() < share ? 1.0F : 0.0F;
    return masks;
}

int kept(const Values& values) { return static_cast<int>(std::count(values.begin(), values.end(), 1.0F)); }

int shared(const Values& a, const Values& b) {
    int count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] == 1.0F && b[i] == 1.0F ? 1 : 0;
    return count;
}

bool only_zeros_and_ones(const Values& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return v == 0.0F || v == 1.0F; });
}

struct Shape {
    int layers, heads;
};
constexpr Shape kShapes[] = {{1, 1}, {2, 4}, {4, 4}, {3, 5}, {12, 12}};
constexpr double kShares[] = {0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0};

// Calls `visit` with masks of every shape and share, several of each.
template <typename Visit>
void for_many_masks(Visit visit) {
    for (const auto& shape : kShapes)
        for (const double share : kShares)
            for (std::uint64_t seed = 0; seed < 20; ++seed) {
                Random random(derive_seed(seed, static_cast<std::uint64_t>(shape.layers)));
                visit(some_masks(shape.layers, shape.heads, share, random), random);
            }
}

void check_bad(const Values& good, const Values& bad) {
    QCOMPARE(kept(bad), kept(good));
    // As little of good as a mask of this size can have.
    const int complement = static_cast<int>(good.size()) - kept(good);
    QCOMPARE(shared(bad, good), std::max(0, kept(good) - complement));
}

void check_super(const std::vector<const Values*>& seeds, const Values& good, const Values& bad,
                 const std::vector<const Values*>& middling) {
    int none = 0, neither = 0, kept_by_none = 0, kept_of_neither = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        const auto keeping =
            std::count_if(seeds.begin(), seeds.end(), [i](const Values* s) { return (*s)[i] == 1.0F; });
        QCOMPARE(good[i] == 1.0F, keeping == static_cast<std::ptrdiff_t>(seeds.size()));
        const bool of_none = keeping == 0;
        const bool of_neither = !of_none && good[i] == 0.0F;
        none += of_none ? 1 : 0;
        neither += of_neither ? 1 : 0;
        kept_by_none += of_none && bad[i] == 1.0F ? 1 : 0;
        kept_of_neither += of_neither && bad[i] == 1.0F ? 1 : 0;
    }
    const int size = kept(good);
    QCOMPARE(kept(bad), size);
    QCOMPARE(kept_by_none, std::min(none, size));
    QCOMPARE(kept_of_neither, std::min(neither, size - kept_by_none));
    QCOMPARE(middling.size(), seeds.size());
    for (const auto* m : middling) {
        QCOMPARE(kept(*m), size);
        int outside = 0, kept_outside = 0;
        for (std::size_t i = 0; i < good.size(); ++i) {
            if (good[i] == 1.0F || bad[i] == 1.0F) continue;
            ++outside;
            kept_outside += (*m)[i] == 1.0F ? 1 : 0;
        }
        QCOMPARE(kept_outside, std::min(outside, size));
        QVERIFY(only_zeros_and_ones(*m));
    }
}

}  // namespace

class TestSubnetworks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rigorous_random_masks_have_the_size() {
        for_many_masks([](const ComponentMasks& good, Random& random) {
            const auto masks =
                control_masks(good, ControlKind::Random, ControlOptions::for_mode(Mode::Rigorous), random);
            QCOMPARE(masks.kept_heads(), good.kept_heads());
            QCOMPARE(masks.kept_mlps(), good.kept_mlps());
            QVERIFY(only_zeros_and_ones(masks.heads.values) && only_zeros_and_ones(masks.mlps));
        });
    }

    // Every component is drawn equally often: 4,000 draws of 3 of 12 heads, within five standard deviations.
    void rigorous_random_masks_are_uniform() {
        ComponentMasks good{HeadMatrix(3, 4, 0.0F), Values(3, 0.0F)};
        good.heads.values[0] = good.heads.values[1] = good.heads.values[2] = 1.0F;
        good.mlps[0] = 1.0F;
        constexpr int kDraws = 4000;
        std::vector<int> counts(12, 0);
        Random random(5);
        for (int i = 0; i < kDraws; ++i) {
            const auto masks =
                control_masks(good, ControlKind::Random, ControlOptions::for_mode(Mode::Rigorous), random);
            for (std::size_t h = 0; h < counts.size(); ++h) counts[h] += masks.heads.values[h] == 1.0F ? 1 : 0;
        }
        const double expected = kDraws * 0.25, deviation = std::sqrt(kDraws * 0.25 * 0.75);
        for (const int count : counts)
            QVERIFY2(std::abs(count - expected) < 5 * deviation, std::to_string(count).c_str());
    }

    // Q5: sizes vary as a binomial's do, around the good mask's.
    void published_random_masks_vary_in_size() {
        ComponentMasks good{HeadMatrix(12, 12, 0.0F), Values(12, 1.0F)};
        for (std::size_t i = 0; i < 96; ++i) good.heads.values[i] = 1.0F;  // two thirds
        good.mlps[3] = 0.0F;
        constexpr int kDraws = 2000;
        Random random(11);
        double sum = 0.0, squares = 0.0;
        int equal = 0, all_mlps = 0;
        for (int i = 0; i < kDraws; ++i) {
            const auto masks =
                control_masks(good, ControlKind::Random, ControlOptions::for_mode(Mode::Published), random);
            const double size = masks.kept_heads();
            sum += size;
            squares += (size - 96) * (size - 96);
            equal += masks.kept_heads() == 96 ? 1 : 0;
            all_mlps += masks.kept_mlps() == 12 ? 1 : 0;
        }
        const double variance = 144 * (2.0 / 3) * (1.0 / 3);
        QVERIFY(std::abs(sum / kDraws - 96) < 5 * std::sqrt(variance / kDraws));
        QVERIFY(std::abs(squares / kDraws / variance - 1) < 0.2);
        QVERIFY(equal < kDraws / 5);
        // (11/12)^12 = 0.352 of the draws keep all MLPs.
        QVERIFY(std::abs(all_mlps / static_cast<double>(kDraws) - 0.352) < 0.06);
    }

    void published_random_masks_of_nothing_and_all() {
        Random random(1);
        const auto all = ComponentMasks::all_kept(3, 4);
        QCOMPARE(control_masks(all, ControlKind::Random, ControlOptions::for_mode(Mode::Published), random), all);
        const ComponentMasks none{HeadMatrix(3, 4, 0.0F), Values(3, 0.0F)};
        QCOMPARE(control_masks(none, ControlKind::Random, ControlOptions::for_mode(Mode::Published), random), none);
    }

    void bad_masks_have_the_size_and_little_of_good() {
        for_many_masks([](const ComponentMasks& good, Random& random) {
            for (const auto mode : {Mode::Published, Mode::Rigorous}) {
                const auto bad = control_masks(good, ControlKind::Bad, ControlOptions::for_mode(mode), random);
                check_bad(good.heads.values, bad.heads.values);
                check_bad(good.mlps, bad.mlps);
            }
        });
    }

    // Q6, the other behaviour: nothing good in it, and smaller where too little is left out.
    void bad_masks_that_are_not_filled() {
        for_many_masks([](const ComponentMasks& good, Random& random) {
            const auto bad = control_masks(good, ControlKind::Bad, {RandomSize::Exact, BadFill::None}, random);
            const auto overlap = overlap_with_good(bad, good);
            for (const auto& part : {overlap.heads, overlap.mlps}) {
                QCOMPARE(part.shared, 0);
                QCOMPARE(part.kept, std::min(part.good, part.all - part.good));
            }
        });
    }

    void inverted_masks_are_complements() {
        for_many_masks([](const ComponentMasks& good, Random& random) {
            const auto inverted =
                control_masks(good, ControlKind::Invert, ControlOptions::for_mode(Mode::Rigorous), random);
            for (std::size_t i = 0; i < good.heads.values.size(); ++i)
                QCOMPARE(inverted.heads.values[i], 1.0F - good.heads.values[i]);
            for (std::size_t i = 0; i < good.mlps.size(); ++i) QCOMPARE(inverted.mlps[i], 1.0F - good.mlps[i]);
            QCOMPARE(control_masks(inverted, ControlKind::Invert, ControlOptions::for_mode(Mode::Rigorous), random),
                     good);
        });
    }

    void a_seed_gives_one_mask() {
        Random source(3);
        const auto good = some_masks(12, 12, 0.6, source);
        for (const auto kind : {ControlKind::Random, ControlKind::Bad})
            for (const auto mode : {Mode::Published, Mode::Rigorous}) {
                Random a(42), b(42), c(43);
                const auto masks = control_masks(good, kind, ControlOptions::for_mode(mode), a);
                QCOMPARE(control_masks(good, kind, ControlOptions::for_mode(mode), b), masks);
                QVERIFY(control_masks(good, kind, ControlOptions::for_mode(mode), c) != masks);
            }
    }

    void masks_without_mlps() {
        ComponentMasks good{HeadMatrix(2, 4, 1.0F), {}};
        good.heads.values[0] = 0.0F;
        Random random(1);
        for (const auto kind : {ControlKind::Random, ControlKind::Bad, ControlKind::Invert}) {
            const auto masks = control_masks(good, kind, ControlOptions::for_mode(Mode::Rigorous), random);
            QVERIFY(masks.mlps.empty());
            QCOMPARE(overlap_with_good(masks, good).mlps.all, 0);
            QCOMPARE(overlap_with_good(masks, good).mlps.share(), 0.0);
        }
    }

    void overlap_counts() {
        const ComponentMasks good{{}, {1, 1, 1, 0}};
        const ComponentMasks other{{}, {1, 0, 1, 1}};
        const auto overlap = overlap_with_good(other, good).mlps;
        QCOMPARE(overlap.all, 4);
        QCOMPARE(overlap.good, 3);
        QCOMPARE(overlap.kept, 3);
        QCOMPARE(overlap.shared, 2);
        QVERIFY(std::abs(overlap.share() - 2.0 / 3) < 1e-12);
    }

    void super_masks_of_many_seeds() {
        for (const auto& shape : kShapes)
            for (const double share : kShares)
                for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{5}})
                    for (std::uint64_t seed = 0; seed < 10; ++seed) {
                        Random random(derive_seed(seed, count));
                        std::vector<ComponentMasks> seeds;
                        for (std::size_t i = 0; i < count; ++i)
                            seeds.push_back(some_masks(shape.layers, shape.heads, share, random));
                        const auto made = super_masks(seeds, random);
                        QVERIFY(made);
                        std::vector<const Values*> heads, mlps, random_heads, random_mlps;
                        for (const auto& s : seeds) {
                            heads.push_back(&s.heads.values);
                            mlps.push_back(&s.mlps);
                        }
                        for (const auto& m : made->random) {
                            random_heads.push_back(&m.heads.values);
                            random_mlps.push_back(&m.mlps);
                        }
                        check_super(heads, made->good.heads.values, made->bad.heads.values, random_heads);
                        check_super(mlps, made->good.mlps, made->bad.mlps, random_mlps);
                        if (count == 1) QCOMPARE(made->good, seeds.front());
                    }
    }

    void super_masks_refuse() {
        Random random(1);
        QVERIFY(!super_masks({}, random));
        const auto all = ComponentMasks::all_kept(2, 4);
        for (const auto& other : {ComponentMasks::all_kept(3, 4), ComponentMasks::all_kept(2, 3),
                                  ComponentMasks{HeadMatrix(2, 4, 1.0F), {}}}) {
            const auto made = super_masks({all, other}, random);
            QVERIFY(!made);
            QVERIFY2(made.error().to_string().find("mask 1") != std::string::npos, made.error().to_string().c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestSubnetworks)
#include "tst_subnetworks.moc"
