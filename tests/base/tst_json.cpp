// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include <QTemporaryDir>
#include <QTest>
#include <limits>

#include "core/base/file.h"

using namespace lottery;
namespace fs = std::filesystem;

class TestJson : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void key_order_and_layout_are_kept() {
        const Json json = {{"zebra", 1}, {"ant", {{"b", true}, {"a", nullptr}}}, {"text", "ä"}};
        QVERIFY(write_json(path("order.json"), json));
        QCOMPARE(
            *read_file(path("order.json")),
            std::string(
                "{\n  \"zebra\": 1,\n  \"ant\": {\n    \"b\": true,\n    \"a\": null\n  },\n  \"text\": \"ä\"\n}\n"));
        const auto back = read_json(path("order.json"));
        QVERIFY(back);
        QVERIFY(*back == json);
    }

    void what_json_cannot_say_is_written_all_the_same() {
        const Json json = {{"nan", std::numeric_limits<double>::quiet_NaN()},
                           {"inf", std::numeric_limits<double>::infinity()},
                           {"bytes", "a\xFF z"}};
        QVERIFY(write_json(path("odd.json"), json));
        const auto back = read_json(path("odd.json"));
        QVERIFY(back);
        QVERIFY((*back)["nan"].is_null());
        QVERIFY((*back)["inf"].is_null());
        QCOMPARE((*back)["bytes"].get<std::string>(), std::string("a\uFFFD z"));
    }

    void numbers_survive() {
        const Json json = {0.1, 1e-300, 9007199254740993, -1, 2.0, std::numeric_limits<float>::max()};
        QVERIFY(write_json(path("numbers.json"), json));
        const auto back = read_json(path("numbers.json"));
        QVERIFY(back);
        QVERIFY(*back == json);
    }

    void bad_files_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("line");  // 0: the place is the file alone
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("cut off") << QByteArray("{\n  \"a\": 1,\n") << 3;
        QTest::newRow("trailing comma") << QByteArray("{\"a\": 1,\n}") << 2;
        QTest::newRow("two documents") << QByteArray("{}\n\n{}") << 3;
        QTest::newRow("not UTF-8") << QByteArray("{\n\"a\": \"\xFF\"}") << 2;
        QTest::newRow("number out of range") << QByteArray("{\n\"a\":\n1e999}") << 0;
        QTest::newRow("binary") << QByteArray("\x00\x01\x02", 3) << 1;
    }
    void bad_files() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, line);
        const auto file = path("bad.json");
        QVERIFY(write_file_atomically(file, bytes.toStdString()));
        const auto json = read_json(file);
        QVERIFY(!json);
        const auto place = file.string() + (line > 0 ? ":" + std::to_string(line) : "");
        QCOMPARE(json.error().place, place);
        QVERIFY(!json.error().message.empty());
    }

    void a_missing_file_is_named() {
        const auto json = read_json(path("none.json"));
        QVERIFY(!json);
        QCOMPARE(json.error().place, path("none.json").string());
    }

    void unknown_keys_are_refused() {
        const Json json = {{"epochs", 3}, {"epoch", 4}};
        QVERIFY(check_keys(json, {"epoch", "epochs", "seed"}, "study.json"));
        const auto status = check_keys(json, {"epochs", "seed"}, "study.json");
        QVERIFY(!status);
        QCOMPARE(status.error().place, std::string("study.json"));
        QVERIFY(status.error().message.find("\"epoch\"") != std::string::npos);
        QVERIFY(status.error().advice.find("epochs, seed") != std::string::npos);
        QVERIFY(!check_keys(Json::array({1}), {"epochs"}, "study.json"));
    }
};

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
