// SPDX-License-Identifier: GPL-3.0-or-later
//
// Controls and super masks from files to files: what is written, what is refused, and the published masks (five seeds,
// nine tasks) as the reference.
#include "core/study/subnetwork_runs.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/mask_files.h"
#include "core/study/study_tree.h"
#include "tests/support/goldens.h"
#include "tests/support/shared.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

Result<ComponentMasks> masks_in(const fs::path& folder) {
    return read_good_masks(folder / "head_mask.npy", folder / "mlp_mask.npy");
}

ComponentMasks half_kept(int layers, int heads) {
    auto masks = ComponentMasks::all_kept(layers, heads);
    for (std::size_t i = 0; i < masks.heads.values.size(); i += 2) masks.heads.values[i] = 0.0F;
    masks.mlps.front() = 0.0F;
    return masks;
}

fs::path published() { return shared_folder() / "published" / "masks"; }

int kept(const std::vector<float>& values) { return static_cast<int>(std::count(values.begin(), values.end(), 1.0F)); }

// Kept by both.
int common(const std::vector<float>& a, const std::vector<float>& b) {
    int count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] == 1.0F && b[i] == 1.0F ? 1 : 0;
    return count;
}

}  // namespace

#define SKIP_WITHOUT_PUBLISHED()  \
    if (!fs::exists(published())) \
    QSKIP(qPrintable(QString::fromStdString("no " + published().string() + "; set LOTTERY_SHARED")))

class TestSubnetworkRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void subnetworks_data() {
        QTest::addColumn<int>("kind");
        for (const auto kind : {ControlKind::Random, ControlKind::Bad, ControlKind::Invert})
            QTest::newRow(to_string(kind)) << static_cast<int>(kind);
    }
    void subnetworks() {
        QFETCH(int, kind);
        SubnetworkRequest request;
        request.kind = static_cast<ControlKind>(kind);
        write(root() / "good", half_kept(4, 3));
        request.head_mask = root() / "good/head_mask.npy";
        request.mlp_mask = root() / "good/mlp_mask.npy";
        request.out = root() / "out";
        const auto report = run_subnetwork(request);
        QVERIFY_VALUE(report);
        const auto masks = masks_in(request.out);
        QVERIFY_VALUE(masks);
        const auto overlap = overlap_with_good(*masks, half_kept(4, 3));
        QCOMPARE(report->overlap.heads.shared, overlap.heads.shared);
        QCOMPARE(report->overlap.heads.kept, 6);
        QCOMPARE(report->overlap.mlps.kept, request.kind == ControlKind::Invert ? 1 : 3);
        const auto run = read_json(request.out / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("command").get<std::string>(), std::string("subnetwork ") + to_string(request.kind));
        QCOMPARE(run->at("inputs").at("seed").get<int>(), 1337);
        QCOMPARE(run->at("inputs").at("masks_sha256").at("mlp_mask").get<std::string>(),
                 *sha256_of_file(*request.mlp_mask));
        QCOMPARE(run->at("result").at("overlap").at("heads").at("shared").get<int>(), overlap.heads.shared);
        // Again: the same; with another seed: refused, and nothing changed.
        const auto bytes = *read_file(request.out / "head_mask.npy");
        QVERIFY_VALUE(run_subnetwork(request));
        request.seed = 7;
        const auto refused = run_subnetwork(request);
        QVERIFY(!refused && refused.error().to_string().find("other inputs") != std::string::npos);
        QCOMPARE(*read_file(request.out / "head_mask.npy"), bytes);
    }

    void heads_alone() {
        write(root() / "good", half_kept(4, 3));
        SubnetworkRequest request;
        request.head_mask = root() / "good/head_mask.npy";
        request.out = root() / "out";
        const auto report = run_subnetwork(request);
        QVERIFY_VALUE(report);
        QVERIFY(!report->has_mlps && to_json(*report).at("kept_mlps").is_null());
        QVERIFY(fs::exists(request.out / "head_mask.npy") && !fs::exists(request.out / "mlp_mask.npy"));
    }

    // A mask of nothing, and of everything: both have controls, and the overlap says what they are worth.
    void empty_and_full_masks() {
        const ComponentMasks empty{HeadMatrix(2, 3, 0.0F), std::vector<float>(2, 0.0F)};
        const auto full = ComponentMasks::all_kept(2, 3);
        int number = 0;
        for (const auto& good : {empty, full})
            for (const auto kind : {ControlKind::Random, ControlKind::Bad, ControlKind::Invert}) {
                const fs::path place = root() / std::to_string(number++);
                write(place / "good", good);
                SubnetworkRequest request{
                    kind,         Mode::Rigorous, {}, 1, place / "good/head_mask.npy", place / "good/mlp_mask.npy",
                    place / "out"};
                const auto report = run_subnetwork(request);
                QVERIFY_VALUE(report);
                const bool all_kept = (kind == ControlKind::Invert) != (good == full);
                QCOMPARE(report->overlap.heads.kept, all_kept ? 6 : 0);
                QCOMPARE(report->overlap.heads.share(), good == full && all_kept ? 1.0 : 0.0);
            }
    }

    void refused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("no such file") << "missing"
                                      << "head_mask.npy";
        QTest::newRow("a half") << "half"
                                << "element 2 is 0.5";
        QTest::newRow("not a number") << "nan"
                                      << "a mask holds only 0 and 1";
        QTest::newRow("a vector for heads") << "vector"
                                            << "[layers, heads] expected";
        QTest::newRow("MLPs of another model") << "mlps"
                                               << "MLP mask of 5 layers found, the head mask has 4";
        QTest::newRow("no mlp mask") << "no mlps"
                                     << "mlp_mask.npy";
        QTest::newRow("masks of unknown origin in the way") << "occupied"
                                                            << "without a run.json";
    }
    void refused() {
        QFETCH(QString, what);
        QFETCH(QString, said);
        SubnetworkRequest request;
        request.head_mask = root() / "good/head_mask.npy";
        request.mlp_mask = root() / "good/mlp_mask.npy";
        request.out = root() / "out";
        auto good = half_kept(4, 3);
        if (what == "half") good.heads.values[2] = 0.5F;
        if (what == "nan") good.heads.values[2] = std::nanf("");
        write(root() / "good", good);
        if (what == "missing") fs::remove(request.head_mask);
        if (what == "no mlps") fs::remove(*request.mlp_mask);
        if (what == "vector") QVERIFY_VALUE(write_mlp_vector(request.head_mask, good.mlps));
        if (what == "mlps") QVERIFY_VALUE(write_mlp_vector(*request.mlp_mask, std::vector<float>(5, 1.0F)));
        if (what == "occupied") write(request.out, good);
        const auto report = run_subnetwork(request);
        QVERIFY(!report);
        QVERIFY2(QString::fromStdString(report.error().to_string()).contains(said), report.error().to_string().c_str());
        QVERIFY(!fs::exists(request.out / "run.json"));
        QCOMPARE(fs::exists(request.out), what == "occupied");
    }

    void supermasks() {
        auto other = ComponentMasks::all_kept(4, 3);
        other.heads.values[1] = 0.0F;
        write(root() / "masks/MRPC/seed_42", half_kept(4, 3));
        write(root() / "masks/MRPC/seed_7", other);
        write(root() / "masks/RTE/seed_7", half_kept(2, 2));  // tasks need not be of one model
        QVERIFY_VALUE(make_folder(root() / "masks/notes"));
        const SupermaskRequest request{root() / "masks", root() / "out", "heads_mlps_", 5};
        const auto report = run_supermasks(request);
        QVERIFY_VALUE(report);
        QCOMPARE(report->tasks.size(), std::size_t{2});
        QCOMPARE(report->tasks[0].seeds, (std::vector<std::uint64_t>{7, 42}));
        QCOMPARE(report->tasks[0].good.heads.kept, 5);
        QCOMPARE(report->tasks[0].random.size(), std::size_t{2});
        for (const char* kind : {"super", "super_bad", "super_random"}) {
            const fs::path setting = root() / "out" / (std::string("heads_mlps_") + kind);
            const auto runs = list_runs(setting);
            QVERIFY_VALUE(runs);
            QCOMPARE(runs->size(), std::size_t{3});
            for (const auto& run : *runs) {
                const auto masks = masks_in(run.folder);
                QVERIFY_VALUE(masks);
                QCOMPARE(masks->kept_heads(), run.task == TaskId::MRPC ? 5 : 2);
            }
            const auto run = read_json(setting / "MRPC" / "run.json");
            QVERIFY_VALUE(run);
            QCOMPARE(run->at("inputs").at("masks_sha256").size(), std::size_t{4});
            QCOMPARE(run->at("result").at("overlap_bad").at("heads").at("kept").get<int>(), 5);
        }
        // One seed alone: what it keeps.
        QCOMPARE(*masks_in(root() / "out/heads_mlps_super/RTE/seed_7"), half_kept(2, 2));
        // A task's draws do not depend on the other tasks; and the same request writes the same again.
        const auto bytes = *read_file(root() / "out/heads_mlps_super_random/MRPC/seed_42/head_mask.npy");
        fs::remove_all(root() / "masks/RTE");
        QVERIFY_VALUE(run_supermasks(request));
        QCOMPARE(*read_file(root() / "out/heads_mlps_super_random/MRPC/seed_42/head_mask.npy"), bytes);
        auto more = request;
        more.seed = 6;
        const auto refused = run_supermasks(more);
        QVERIFY(!refused && refused.error().to_string().find("other inputs") != std::string::npos);
    }

    void supermasks_of_heads_alone() {
        for (const char* seed : {"seed_1", "seed_2"}) {
            write(root() / "masks/MRPC" / seed, half_kept(4, 3));
            fs::remove(root() / "masks/MRPC" / seed / "mlp_mask.npy");
        }
        const auto report = run_supermasks({root() / "masks", root() / "out", "", 5});
        QVERIFY_VALUE(report);
        QVERIFY(!report->has_mlps);
        QVERIFY(fs::exists(root() / "out/super/MRPC/seed_1/head_mask.npy"));
        QVERIFY(!fs::exists(root() / "out/super/MRPC/seed_1/mlp_mask.npy"));
    }

    void supermasks_refused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("no such folder") << "missing"
                                        << "no such folder";
        QTest::newRow("an empty folder") << "empty"
                                         << "no masks found";
        QTest::newRow("seeds of different shapes") << "shapes"
                                                   << "2 layers × 3 heads found, seed 7 has 4 layers × 3";
        QTest::newRow("a half") << "half"
                                << "seed_42/head_mask.npy: element 0 is 0.5";
        QTest::newRow("a missing mlp mask") << "mlps"
                                            << "seed_42/mlp_mask.npy: no such file";
        QTest::newRow("a missing head mask") << "heads"
                                             << "seed_42/head_mask.npy";
        QTest::newRow("a prefix with a folder") << "prefix"
                                                << "--prefix";
        QTest::newRow("masks in the way") << "occupied"
                                          << "without a run.json";
    }
    void supermasks_refused() {
        QFETCH(QString, what);
        QFETCH(QString, said);
        SupermaskRequest request{root() / "masks", root() / "out", "", 5};
        if (what == "empty") QVERIFY_VALUE(make_folder(request.masks));
        if (what != "empty" && what != "missing") {
            write(request.masks / "MRPC/seed_7", half_kept(4, 3));
            auto other = what == "shapes" ? half_kept(2, 3) : half_kept(4, 3);
            if (what == "half") other.heads.values[0] = 0.5F;
            write(request.masks / "MRPC/seed_42", other);
        }
        if (what == "mlps") fs::remove(request.masks / "MRPC/seed_42/mlp_mask.npy");
        if (what == "heads") fs::remove(request.masks / "MRPC/seed_42/head_mask.npy");
        if (what == "prefix") request.prefix = "some/where_";
        if (what == "occupied") write(request.out / "super_bad/MRPC/seed_7", half_kept(4, 3));
        const auto report = run_supermasks(request);
        QVERIFY(!report);
        QVERIFY2(QString::fromStdString(report.error().to_string()).contains(said), report.error().to_string().c_str());
        QVERIFY(!fs::exists(request.out / "super"));
    }

    // The published super masks are ours, for every task and seed.
    void super_masks_equal_the_published() {
        SKIP_WITHOUT_PUBLISHED();
        const auto report = run_supermasks({published() / "heads_mlps", root() / "out", "heads_mlps_", 5});
        QVERIFY_VALUE(report);
        QCOMPARE(report->tasks.size(), std::size_t{9});
        int compared = 0;
        const auto theirs = list_runs(published() / "heads_mlps_super");
        QVERIFY_VALUE(theirs);
        for (const auto& run : *theirs) {
            const auto expected = masks_in(run.folder);
            const auto ours = masks_in(root() / "out/heads_mlps_super" / run_place(run.task, run.seed));
            QVERIFY_VALUE(expected);
            QVERIFY_VALUE(ours);
            QCOMPARE(*ours, *expected);
            ++compared;
        }
        QCOMPARE(compared, 45);
    }

    // The published bad and middling masks are other draws, of the same sizes and within the same sets as ours. One
    // exception: for CoLA's MLPs, where 9 of 12 are good and none is kept by no seed, the published bad mask leaves
    // out one of the three MLPs in neither set, ours takes all of these first.
    void super_controls_relate_to_good_as_the_published() {
        SKIP_WITHOUT_PUBLISHED();
        QVERIFY_VALUE(run_supermasks({published() / "heads_mlps", root() / "out", "heads_mlps_", 5}));
        const auto runs = list_runs(published() / "heads_mlps_super_bizzaro");
        QVERIFY_VALUE(runs);
        QCOMPARE(runs->size(), std::size_t{45});
        for (const auto& run : *runs) {
            const auto place = run_place(run.task, run.seed);
            const auto good = masks_in(published() / "heads_mlps_super" / place);
            const auto bad = masks_in(run.folder), our_bad = masks_in(root() / "out/heads_mlps_super_bad" / place);
            const auto middling = masks_in(published() / "heads_mlps_super_midling" / place);
            const auto our_middling = masks_in(root() / "out/heads_mlps_super_random" / place);
            QVERIFY(good && bad && our_bad && middling && our_middling);
            for (const auto& masks : {*bad, *our_bad, *middling, *our_middling}) {
                QCOMPARE(masks.kept_heads(), good->kept_heads());
                QCOMPARE(masks.kept_mlps(), good->kept_mlps());
            }
            QCOMPARE(common(our_bad->heads.values, good->heads.values), common(bad->heads.values, good->heads.values));
            const int exception = run.task == TaskId::CoLA ? 1 : 0;
            QCOMPARE(common(our_bad->mlps, good->mlps) + exception, common(bad->mlps, good->mlps));
            // Middling: as much as there is outside good and bad.
            const auto outside = [&](const ComponentMasks& masks, const ComponentMasks& its_bad) {
                int size = 0, of_masks = 0;
                for (std::size_t i = 0; i < masks.heads.values.size(); ++i) {
                    const bool out = good->heads.values[i] == 0.0F && its_bad.heads.values[i] == 0.0F;
                    size += out ? 1 : 0;
                    of_masks += out && masks.heads.values[i] == 1.0F ? 1 : 0;
                }
                return std::pair(of_masks, std::min(size, kept(good->heads.values)));
            };
            const auto [theirs, most] = outside(*middling, *bad);
            QCOMPARE(theirs, most);
            const auto [ours, our_most] = outside(*our_middling, *our_bad);
            QCOMPARE(ours, our_most);
        }
    }

    // Q6: our bad masks have exactly as much of the good one as the published; Q5: the published random ones differ
    // from the good one in size.
    void controls_overlap_as_the_published() {
        SKIP_WITHOUT_PUBLISHED();
        const auto runs = list_runs(published() / "heads_mlps");
        QVERIFY_VALUE(runs);
        double share = 0.0;
        int masks = 0, other_size = 0;
        for (const auto& run : *runs) {
            const auto place = run_place(run.task, run.seed);
            const auto good = masks_in(run.folder);
            const auto bad = masks_in(published() / "heads_mlps_bad_1" / place);
            const auto random = masks_in(published() / "heads_mlps_random" / place);
            QVERIFY(good && bad && random);
            Random draw(run.seed);
            const auto ours = control_masks(*good, ControlKind::Bad, ControlOptions::for_mode(Mode::Rigorous), draw);
            const auto our_overlap = overlap_with_good(ours, *good), overlap = overlap_with_good(*bad, *good);
            QCOMPARE(our_overlap.heads.shared, overlap.heads.shared);
            QCOMPARE(our_overlap.mlps.shared, overlap.mlps.shared);
            QCOMPARE(our_overlap.heads.kept, overlap.heads.kept);
            share += overlap.heads.share();
            masks += overlap.heads.kept > 0 ? 1 : 0;
            other_size += random->kept_heads() != good->kept_heads() ? 1 : 0;
        }
        QVERIFY2(std::abs(share / masks - 0.28) < 0.02, std::to_string(share / masks).c_str());
        QVERIFY(other_size > 30);
    }

private:
    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }
    static void write(const fs::path& folder, const ComponentMasks& masks) {
        QVERIFY_VALUE(write_mask_files(folder, masks));
    }

    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestSubnetworkRuns)
#include "tst_subnetwork_runs.moc"
