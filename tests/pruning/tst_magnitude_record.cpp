// SPDX-License-Identifier: GPL-3.0-or-later
//
// The record of a magnitude search: written and read back, folders of before survival was recorded per step, and
// records that are damaged.
#include "core/pruning/magnitude_record.h"

#include <QTemporaryDir>
#include <QTest>
#include <functional>
#include <memory>

#include "core/base/file.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

WeightSurvival survivalOf(int layers, int heads, float share, std::int64_t kept) {
    WeightSurvival survival{HeadMatrix(layers, heads, share),
                            std::vector<float>(static_cast<std::size_t>(layers), share), kept, 1000};
    survival.heads.at(layers - 1, heads - 1) = share / 3.0F;  // not representable in few digits
    survival.mlps[0] = share / 7.0F;
    return survival;
}

MagnitudeResult search() {
    MagnitudeResult result;
    result.metric = "acc";
    result.full_score = 0.9;
    result.threshold_score = 0.81;
    result.score = 0.87;
    result.kept_step = 1;
    for (int i = 0; i < 3; ++i) {
        MagnitudeStep step;
        step.index = i;
        step.score = 0.9 - 0.03 * i;
        step.accepted = i < 2;
        step.kept = 1000 - 100 * i;
        step.kept_share = 1.0 - 0.1 * i;
        step.selection_seconds = 0.25 * i;
        step.seconds = 1.5;
        step.survival = survivalOf(2, 3, 1.0F - 0.1F * static_cast<float>(i), step.kept);
        result.steps.push_back(step);
    }
    result.survival = result.steps[1].survival;
    result.parameters_kept_share = 0.91;
    result.seconds = 4.5;
    result.dev_full_score = 0.88;
    return result;
}

Json record() {
    Json json{{"format", 1},        {"task", "MRPC"},   {"kind", "magnitude"},
              {"mode", "rigorous"}, {"split", "train"}, {"mlp_output_bias", "pruned"}};
    json.update(to_json(search()));
    return json;
}

bool same(const WeightSurvival& a, const WeightSurvival& b) {
    return a.heads == b.heads && a.mlps == b.mlps && a.kept == b.kept && a.prunable == b.prunable;
}

}  // namespace

class TestMagnitudeRecord : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void written_and_read_back() {
        const MagnitudeResult expected = search();
        QVERIFY_VALUE(write_json(root() / "search.json", record()));
        const auto back = read_magnitude_record(root());
        QVERIFY_VALUE(back);
        QCOMPARE(back->metric, expected.metric);
        QCOMPARE(back->full_score, expected.full_score);
        QCOMPARE(back->threshold_score, expected.threshold_score);
        QCOMPARE(back->score, expected.score);
        QCOMPARE(back->kept_step, expected.kept_step);
        QCOMPARE(back->parameters_kept_share, expected.parameters_kept_share);
        QCOMPARE(back->seconds, expected.seconds);
        QVERIFY(back->dev_full_score == expected.dev_full_score && !back->dev_score);
        QVERIFY(same(back->survival, expected.survival));
        QCOMPARE(back->steps.size(), expected.steps.size());
        for (std::size_t i = 0; i < expected.steps.size(); ++i) {
            const auto &a = back->steps[i], &b = expected.steps[i];
            QCOMPARE(a.index, b.index);
            QCOMPARE(a.score, b.score);
            QCOMPARE(a.accepted, b.accepted);
            QCOMPARE(a.kept, b.kept);
            QCOMPARE(a.kept_share, b.kept_share);
            QCOMPARE(a.selection_seconds, b.selection_seconds);
            QCOMPARE(a.seconds, b.seconds);
            QVERIFY(same(a.survival, b.survival));
        }
    }

    // As written before steps had a survival of their own.
    void older_folders_have_the_kept_masks_survival_in_a_table() {
        Json json = record();
        for (auto& step : json["steps"]) step.erase("survival");
        QVERIFY_VALUE(write_json(root() / "search.json", json));
        const auto without = read_magnitude_record(root());
        QVERIFY(!without);
        QVERIFY(without.error().to_string().find("weight_survival.csv") != std::string::npos);
        std::string csv = "component,layer,head,share of weights that survive\n";
        for (int l = 1; l <= 2; ++l) {
            for (int h = 1; h <= 3; ++h)
                csv +=
                    "head," + std::to_string(l) + "," + std::to_string(h) + ",0." + std::to_string(10 * l + h) + "\n";
            csv += "mlp," + std::to_string(l) + ",,0.5\n";
        }
        QVERIFY_VALUE(write_file_atomically(root() / "weight_survival.csv", csv));
        const auto back = read_magnitude_record(root());
        QVERIFY_VALUE(back);
        QCOMPARE(back->survival.heads.at(0, 0), 0.11F);
        QCOMPARE(back->survival.heads.at(1, 2), 0.23F);
        QCOMPARE(back->survival.mlps, (std::vector<float>{0.5F, 0.5F}));
        QCOMPARE(back->survival.kept, std::int64_t{900});
        QVERIFY(back->steps[1].survival.mlps.empty());
        for (const auto& [broken, said] : {std::pair{csv.substr(0, csv.size() - 10), "weight_survival.csv"},
                                           {csv + "mlp,3,,0.5\n", "csv:10"},
                                           {csv.substr(0, csv.rfind("mlp")), "has 7 rows, 8"}}) {
            QVERIFY_VALUE(write_file_atomically(root() / "weight_survival.csv", broken));
            const auto failed = read_magnitude_record(root());
            QVERIFY(!failed);
            QVERIFY2(failed.error().to_string().find(said) != std::string::npos, failed.error().to_string().c_str());
        }
    }

    void damaged_records_are_named_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");  // JSON; empty: the key is taken away
        QTest::addColumn<QString>("said");
        QTest::newRow("missing") << "/threshold"
                                 << ""
                                 << "the key \"threshold\" is missing";
        QTest::newRow("a text for a number") << "/full_score"
                                             << "\"high\""
                                             << "\"full_score\" is \"high\", a number";
        QTest::newRow("unknown") << "/colour"
                                 << "\"red\""
                                 << "unknown key \"colour\"";
        QTest::newRow("unknown in a step") << "/steps/1/colour"
                                           << "1"
                                           << "step 1";
        QTest::newRow("missing in a step") << "/steps/2/accepted"
                                           << ""
                                           << "step 2";
        QTest::newRow("a number for yes or no") << "/steps/2/accepted"
                                                << "1"
                                                << "true or false was expected";
        QTest::newRow("steps out of order") << "/steps/1/index"
                                            << "2"
                                            << "\"index\" is 2, 1 was expected";
        QTest::newRow("a share above 1") << "/steps/1/kept_weights_share"
                                         << "1.5"
                                         << "a share in 0…1";
        QTest::newRow("kept step beyond the end") << "/kept_step"
                                                  << "3"
                                                  << "\"kept_step\" is 3, there are 3";
        QTest::newRow("another kind") << "/kind"
                                      << "\"heads\""
                                      << "a search of the kind \"heads\"";
        QTest::newRow("another format") << "/format"
                                        << "2"
                                        << "has the format 2";
        QTest::newRow("no steps") << "/steps"
                                  << ""
                                  << "\"steps\"";
        QTest::newRow("half a model") << "/kept_heads"
                                      << "5"
                                      << "\"kept_heads\" and \"kept_mlps\" are 5 and 2";
        QTest::newRow("a ragged survival") << "/steps/0/survival/heads/1"
                                           << "[0.5]"
                                           << "rows of different length";
        QTest::newRow("a survival without MLPs") << "/steps/0/survival/mlps"
                                                 << ""
                                                 << "no \"mlps\"";
        QTest::newRow("a survival that is none") << "/steps/0/survival/mlps/0"
                                                 << "-1"
                                                 << "other than shares";
        QTest::newRow("more in a survival") << "/steps/0/survival/neurons"
                                            << "[]"
                                            << "unknown key \"neurons\"";
    }
    void damaged_records_are_named() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, said);
        Json json = record();
        const Json::json_pointer at(pointer.toStdString());
        if (value.isEmpty())
            json.at(at.parent_pointer()).erase(at.back());
        else
            json[at] = Json::parse(value.toStdString());
        QVERIFY_VALUE(write_json(root() / "search.json", json));
        const auto back = read_magnitude_record(root());
        QVERIFY(!back);
        const auto message = QString::fromStdString(back.error().to_string());
        QVERIFY2(message.contains(said) && message.contains("search.json"), qPrintable(message));
    }

    void a_truncated_record_is_no_record() {
        const std::string whole = record().dump(2);
        for (std::size_t size = 0; size < whole.size(); size += 97) {
            QVERIFY_VALUE(write_file_atomically(root() / "search.json", whole.substr(0, size)));
            QVERIFY(!read_magnitude_record(root()));
        }
        QVERIFY(!read_magnitude_record(root() / "nowhere"));
    }

private:
    fs::path root() const { return folder_->path().toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_APPLESS_MAIN(TestMagnitudeRecord)
#include "tst_magnitude_record.moc"
