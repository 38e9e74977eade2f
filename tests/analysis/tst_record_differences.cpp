// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/analysis/record_differences.h"

using namespace lottery;

namespace {

Json record() {
    return Json::parse(R"({
        "format": 1, "command": "finetune",
        "program": {"lottery": "1.0.0", "libtorch": "2.0", "compiler": "g++ 12"},
        "device": {"device": "cpu", "name": "a | processor", "threads": 2},
        "inputs": {"task": "RTE", "seed": 7, "options": {"epochs": 3, "learning_rate": 2e-05},
                   "data_sha256": {"dev.tsv": "aa"}},
        "checkpoint": "/models/base", "data": "/glue",
        "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:01:00Z", "seconds": 60.0,
        "result": {"metrics": {"acc": 0.5}}})");
}

std::vector<std::string> keys(const std::vector<RecordDifference>& differences) {
    std::vector<std::string> all;
    for (const auto& d : differences) all.push_back(d.difference.key);
    return all;
}

using Keys = std::vector<std::string>;

}  // namespace

class TestRecordDifferences : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sorts_by_what_it_means() {
        const Json here = record();
        Json there = here;
        there["result"]["metrics"]["acc"] = 0.75;
        there["seconds"] = 61.5;
        there["device"]["threads"] = 4;
        there["program"]["lottery"] = "1.1.0";
        there["checkpoint"] = "/models/large";
        there["inputs"]["options"]["epochs"] = 5;
        there["inputs"]["masks_sha256"]["head_mask.npy"] = "bb";
        const auto all = record_differences(here, there, DifferencesShown::All);
        QCOMPARE(keys(all), (Keys{"inputs/options/epochs", "inputs/masks_sha256/head_mask.npy", "checkpoint",
                                  "program/lottery", "device/threads", "seconds", "result/metrics/acc"}));
        QCOMPARE(all[2].group, RecordGroup::Inputs);
        QCOMPARE(all[4].group, RecordGroup::Program);
        QCOMPARE(all[6].group, RecordGroup::Results);
        const auto shaping = record_differences(here, there, DifferencesShown::Shaping);
        QCOMPARE(keys(shaping),
                 (Keys{"inputs/options/epochs", "inputs/masks_sha256/head_mask.npy", "program/lottery"}));
    }

    void says_nothing_of_equal_records() {
        QVERIFY(record_differences(record(), record(), DifferencesShown::All).empty());
        Json later = record();
        later["start"] = "2026-01-02T00:00:00Z";
        QVERIFY(record_differences(record(), later, DifferencesShown::Shaping).empty());
        const auto text = record_differences_markdown({}, "a", "b", DifferencesShown::Shaping);
        QVERIFY(text.find("Nothing that shapes the result differs.") != std::string::npos);
        QVERIFY(record_differences_markdown({}, "a", "b", DifferencesShown::All).find("are equal") !=
                std::string::npos);
    }

    void other_kinds_of_run() {
        Json there = record();
        there["command"] = "remove";
        QCOMPARE(keys(record_differences(record(), there, DifferencesShown::Shaping)), Keys{"command"});
        // Of a record that is none, everything differs.
        QCOMPARE(keys(record_differences(Json(1), Json(2), DifferencesShown::Shaping)), Keys{""});
    }

    void as_markdown() {
        Json there = record();
        there["device"]["name"] = "another";
        there["inputs"].erase("seed");
        const auto text = record_differences_markdown(record_differences(record(), there, DifferencesShown::All), "a",
                                                      "b", DifferencesShown::All);
        QCOMPARE(QString::fromStdString(text),
                 QStringLiteral("here: a  \nthere: b\n"
                                "\n### Inputs and options\n\n"
                                "| key | here | there |\n|---|---|---|\n| inputs/seed | 7 | – |\n"
                                "\n### Program and device\n\n"
                                "| key | here | there |\n|---|---|---|\n"
                                "| device/name | a \\| processor | another |\n"));
    }

    void as_json() {
        Json there = record();
        there["inputs"].erase("seed");
        there["inputs"]["options"]["epochs"] = 4;
        const Json json = record_differences_json(record_differences(record(), there, DifferencesShown::All), "a", "b");
        QCOMPARE(json.at("here").get<std::string>(), std::string("a"));
        const Json& rows = json.at("differences");
        QCOMPARE(rows.size(), std::size_t(2));
        QVERIFY(rows[0] ==
                Json::parse(R"({"group": "inputs", "key": "inputs/seed", "shapes_result": true, "here": 7})"));
        QCOMPARE(rows[1].at("there").get<int>(), 4);
    }
};

QTEST_MAIN(TestRecordDifferences)
#include "tst_record_differences.moc"
