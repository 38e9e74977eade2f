// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks of a setting and what is counted of them: files that are missing or do not fit, and the published masks against
// the reference values published with them.
#include "core/study/mask_set_files.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/analysis/analysis_tables.h"
#include "core/base/npy.h"
#include "tests/support/goldens.h"
#include "tests/support/shared.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

bool same(const std::optional<double>& found, const Json& expected, double tolerance) {
    if (expected.is_null()) return !found;
    return found && std::abs(*found - expected.get<double>()) <= tolerance;
}

bool same_table(const Json& found, const Json& expected, double tolerance) {
    if (expected.is_array()) {
        if (!found.is_array() || found.size() != expected.size()) return false;
        for (std::size_t i = 0; i < found.size(); ++i)
            if (!same_table(found[i], expected[i], tolerance)) return false;
        return true;
    }
    return std::abs(found.get<double>() - expected.get<double>()) <= tolerance;
}

}  // namespace

class TestMaskSetFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void counted_by_hand() {
        write("RTE/seed_1", {{1, 1, 0, 0}, {1, 0}});
        write("RTE/seed_2", {{1, 0, 1, 0}, {1, 1}});
        write("MRPC/seed_1", {{1, 1, 1, 0}, {0, 0}});
        write("MRPC/seed_2", {{1, 1, 1, 1}, {0, 0}});
        write("MRPC/seed_3", {{0, 0, 0, 0}, {0, 0}});
        const auto files = read_mask_set({root()});
        QVERIFY_VALUE(files);
        const MaskSet& set = files->set;
        QVERIFY(files->without.empty());
        QCOMPARE(set.rows, 2);
        QCOMPARE(set.columns, 2);
        QCOMPARE(set.common_seeds(), (std::vector<std::uint64_t>{1, 2}));

        const auto s = survival(set);  // tasks per head: seed 1: 2 2 1 0, seed 2: 2 1 2 1
        const double half = std::sqrt(0.5);
        QCOMPARE(to_json(s).at("mean").dump(), std::string("[[2.0,1.5],[1.5,0.5]]"));
        QVERIFY(std::abs(*s.values[1].deviation - half) < 1e-15);
        QCOMPARE(*s.values[0].deviation, 0.0);
        QCOMPARE(s.mean_of_means(), 5.5 / 4);
        QVERIFY(std::abs(*s.mean_of_deviations() - 3 * half / 4) < 1e-15);
        QCOMPARE(s.above(1.0), 3);

        const auto o = overlap(set);  // MRPC, RTE
        QCOMPARE(to_json(o).at("tasks").dump(), std::string(R"(["MRPC","RTE"])"));
        QCOMPARE(to_json(o).at("mean").dump(), std::string("[[3.5,2.0],[2.0,2.0]]"));
        QVERIFY(std::abs(*o.values[0][0].deviation - half) < 1e-15);

        const auto z = sizes(set);
        QCOMPARE(to_json(z).at("tasks").at("MRPC").at("kept").dump(), std::string("[3,4,0]"));
        QVERIFY(std::abs(to_json(z).at("tasks").at("MRPC").at("share").get<double>() - 7 / 12.) < 1e-15);

        const auto a = agreement(set);
        QCOMPARE(a.tasks[0].pairs.size(), std::size_t{3});
        QCOMPARE(a.task_pairs.size(), std::size_t{1});
        // Seed 1: 2 of 3; seed 2: 2 of 4.
        QVERIFY(std::abs(*a.task_pairs[0].jaccard - (2 / 3. + 0.5) / 2) < 1e-15);

        const auto mlps = read_mask_set({root(), MaskedComponents::Mlps, {TaskId::MRPC}});
        QVERIFY_VALUE(mlps);
        QCOMPARE(to_json(survival(mlps->set)).at("mean").dump(), std::string("[0.0,0.0]"));
        const auto nothing = agreement(mlps->set);
        QVERIFY(!nothing.tasks[0].cochran && !nothing.tasks[0].fleiss_kappa && !nothing.tasks[0].krippendorff_alpha);
        QVERIFY(to_json(nothing).at("tasks").at("MRPC").at("cochran_q").is_null());
        QVERIFY(says(text_of(tables_of(nothing)), "–"));
    }

    void a_single_seed_has_no_deviation() {
        write("RTE/seed_1", {{1, 1, 0, 0}, {1, 0}});
        const auto files = read_mask_set({root()});
        QVERIFY_VALUE(files);
        QVERIFY(to_json(survival(files->set)).at("std")[0][0].is_null());
        QVERIFY(to_json(survival(files->set)).at("mean_of_stds").is_null());
        QVERIFY(to_json(overlap(files->set)).at("std")[0][0].is_null());
        QVERIFY(!says(text_of(tables_of(survival(files->set))), "1.00 ±"));
        QVERIFY(!agreement(files->set).tasks[0].cochran);
    }

    void what_is_missing_is_told() {
        write("RTE/seed_1", {{1, 1, 0, 0}, {1, 0}});
        write("MRPC/seed_2", {{1, 1, 0, 0}, {1, 0}});
        fs::create_directories(root() / "RTE" / "seed_3");  // a search that has not ended
        const auto files = read_mask_set({root()});
        QVERIFY_VALUE(files);
        QCOMPARE(files->without, std::vector<fs::path>{root() / "RTE" / "seed_3"});
        const auto status = check_common_seeds(files->set, root());
        QVERIFY(!status && says(status.error().to_string(), "no seed of which all tasks"));
        QVERIFY_VALUE(check_common_seeds(read_mask_set({root(), MaskedComponents::Heads, {TaskId::RTE}})->set, root()));
    }

    void failures_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QList<qint64>>("shape");
        QTest::addColumn<float>("value");
        QTest::addColumn<QString>("said");
        using Shape = QList<qint64>;
        QTest::newRow("another model") << "head_mask.npy" << Shape{3, 2} << 1.0F << "the model has 2 × 2";
        QTest::newRow("no mask") << "head_mask.npy" << Shape{2, 2} << 0.5F << "a mask holds only 0 and 1";
        QTest::newRow("a vector") << "head_mask.npy" << Shape{4} << 1.0F << "[layers, heads] expected";
    }
    void failures() {
        QFETCH(QString, file);
        QFETCH(QList<qint64>, shape);
        QFETCH(float, value);
        QFETCH(QString, said);
        write("MRPC/seed_1", {{1, 1, 0, 0}, {1, 0}});
        std::size_t count = 1;
        for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
        const fs::path bad = root() / "RTE" / "seed_1" / file.toStdString();
        QVERIFY_VALUE(write_npy(bad, {{shape.begin(), shape.end()}, std::vector<float>(count, value)}));
        const auto files = read_mask_set({root()});
        QVERIFY(!files);
        QVERIFY2(says(files.error().to_string(), said.toStdString()), files.error().to_string().c_str());
        QCOMPARE(files.error().place, bad.string());
    }

    void nothing_there() {
        QVERIFY(says(read_mask_set({root() / "nowhere"}).error().to_string(), "no such folder"));
        QVERIFY(says(read_mask_set({root()}).error().to_string(), "no masks found"));
        write("RTE/seed_1", {{1, 1, 0, 0}, {}});
        QVERIFY(says(read_mask_set({root(), MaskedComponents::Mlps}).error().to_string(), "mlp_mask.npy"));
        QVERIFY(says(read_mask_set({root(), MaskedComponents::Heads, {TaskId::RTE, TaskId::CoLA}}).error().to_string(),
                     "no masks found of CoLA"));
    }

    // reference_agreement.json: Q, p and α as statsmodels and krippendorff compute them; survival and overlap, rounded
    // there to ten decimals; κ was computed in single precision there, tests/statistics has it in double.
    void published_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("components");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        QTest::addColumn<int>("above_five");
        QTest::newRow("heads") << "heads_mlps/head_mask" << static_cast<int>(MaskedComponents::Heads) << 4.768 << 1.3006
                               << 60;
        QTest::newRow("MLPs") << "heads_mlps/mlp_mask" << static_cast<int>(MaskedComponents::Mlps) << 5.85 << 1.1202
                              << 8;
    }
    void published() {
        QFETCH(QString, key);
        QFETCH(int, components);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        QFETCH(int, above_five);
        const fs::path folder = shared_folder() / "published";
        if (!fs::exists(folder))
            QSKIP(qPrintable(QString::fromStdString("no " + folder.string() + "; set LOTTERY_SHARED")));
        const Json reference = read_golden(folder / "reference_agreement.json").at(key.toStdString());
        const auto files = read_mask_set({folder / "masks" / "heads_mlps", static_cast<MaskedComponents>(components)});
        QVERIFY_VALUE(files);
        const Json found = to_json(agreement(files->set));
        QCOMPARE(found.at("tasks").size(), reference.at("per_task").size());
        for (const auto& [task, expected] : reference.at("per_task").items()) {
            const Json& ours = found.at("tasks").at(task);
            const auto number = [&](const char* name) {
                return ours.at(name).is_null() ? std::nullopt : std::optional(ours.at(name).get<double>());
            };
            QVERIFY(same(number("cochran_q"), expected.at("cochran_q"), 1e-9));
            const auto p = expected.at("p_value");
            QVERIFY(same(number("p_value"), p, p.is_null() ? 0.0 : 1e-9 * p.get<double>()));
            QVERIFY(same(number("fleiss_kappa"), expected.at("fleiss_kappa"), 1e-6));
            QVERIFY(same(number("krippendorff_alpha"), expected.at("krippendorff_alpha"), 1e-9));
            for (std::size_t i = 0; i < reference.at("seeds").size(); ++i) {
                const auto seed = std::stoull(reference.at("seeds")[i].get<std::string>().substr(5));
                const auto seeds = ours.at("seeds").get<std::vector<std::uint64_t>>();
                const auto at = static_cast<std::size_t>(std::ranges::find(seeds, seed) - seeds.begin());
                QCOMPARE(ours.at("kept")[at].get<int>(), expected.at("kept")[i].get<int>());
            }
        }
        // The reference lists tasks by name, we in the order of GLUE's own list.
        for (const auto& [names, expected] : reference.at("pair_alpha").items()) {
            const auto comma = names.find(',');
            const auto mirrored = names.substr(comma + 1) + "," + names.substr(0, comma);
            const Json& pairs = found.at("task_pairs");
            const Json& alpha = pairs.at(pairs.contains(names) ? names : mirrored).at("krippendorff_alpha");
            QVERIFY(same(alpha.is_null() ? std::nullopt : std::optional(alpha.get<double>()), expected, 1e-9));
        }
        const auto survived = survival(files->set);
        QVERIFY(same_table(to_json(survived).at("mean"), reference.at("survival_mean"), 1e-9));
        QVERIFY(same_table(to_json(survived).at("std"), reference.at("survival_std"), 1e-9));
        // As the paper's notebooks print them.
        QVERIFY(std::abs(survived.mean_of_means() - mean) < 0.5e-2);
        QVERIFY(std::abs(*survived.mean_of_deviations() - deviation) < 0.5e-4);
        QCOMPARE(survived.above(5.0), above_five);

        const auto shared = to_json(overlap(files->set));
        const auto order = [&](const Json& tasks, const Json& name) {
            return static_cast<std::size_t>(std::find(tasks.begin(), tasks.end(), name) - tasks.begin());
        };
        const Json& tasks = reference.at("tasks");
        for (const auto& a : tasks)
            for (const auto& b : tasks)
                for (const auto& [ours, theirs] :
                     {std::pair{"mean", "overlap_mean"}, std::pair{"std", "overlap_std"}}) {
                    const auto value = shared.at(ours)[order(shared.at("tasks"), a)][order(shared.at("tasks"), b)];
                    const auto expected = reference.at(theirs)[order(tasks, a)][order(tasks, b)];
                    QVERIFY(std::abs(value.get<double>() - expected.get<double>()) < 1e-9);
                }
    }

private:
    struct Masks {
        std::vector<float> heads;  // [2, 2]
        std::vector<float> mlps;   // [2]; empty: no file
    };

    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }
    static bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

    void write(const char* run, const Masks& masks) const {
        if (!write_npy(root() / run / "head_mask.npy", {{2, 2}, masks.heads})) qFatal("cannot write");
        if (masks.mlps.empty()) return;
        if (!write_npy(root() / run / "mlp_mask.npy", {{2}, masks.mlps})) qFatal("cannot write");
    }

    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestMaskSetFiles)
#include "tst_mask_set_files.moc"
