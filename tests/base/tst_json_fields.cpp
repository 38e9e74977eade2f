// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strict reading of our own formats, and differences between two documents in words.
#include "core/base/json_fields.h"

#include <QTest>
#include <array>

#include "core/base/json_difference.h"

using namespace lottery;

namespace {

enum class Colour { Red, Green };
const char* to_string(Colour colour) { return colour == Colour::Red ? "red" : "green"; }
constexpr std::array kColours{Colour::Red, Colour::Green};

struct Values {
    bool flag = true;
    int count = 7;
    std::uint64_t seed = 3;
    double rate = 0.5;
    std::string name = "before";
    std::vector<std::uint64_t> seeds{1};
    std::vector<std::string> names{"x"};
    Colour colour = Colour::Green;
};

Status read(const Json& json, Values& v) {
    JsonFields f(json, "file.json");
    f.take("flag", v.flag);
    f.take("count", v.count);
    f.take("seed", v.seed);
    f.take("rate", v.rate);
    f.take("name", v.name);
    f.take("seeds", v.seeds);
    f.take("names", v.names);
    f.take_name("colour", v.colour, kColours);
    return f.finish();
}

}  // namespace

class TestJsonFields : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void what_is_there_is_read() {
        Values v;
        const auto json = Json::parse(R"({"flag": false, "count": -2, "seed": 18446744073709551615, "rate": 3,
            "name": "n", "seeds": [5, 6], "names": ["a", "b"], "colour": "red"})");
        const auto status = read(json, v);
        QVERIFY2(status.has_value(), status ? "" : status.error().to_string().c_str());
        QVERIFY(!v.flag);
        QCOMPARE(v.count, -2);
        QCOMPARE(v.seed, std::uint64_t{18446744073709551615ULL});
        QCOMPARE(v.rate, 3.0);
        QCOMPARE(v.name, std::string("n"));
        QCOMPARE(v.seeds, (std::vector<std::uint64_t>{5, 6}));
        QCOMPARE(v.names, (std::vector<std::string>{"a", "b"}));
        QVERIFY(v.colour == Colour::Red);
    }

    void what_is_missing_stays() {
        Values v;
        QVERIFY(read(Json::object(), v));
        QCOMPARE(v.count, 7);
        QCOMPARE(v.name, std::string("before"));
        QCOMPARE(v.seeds, std::vector<std::uint64_t>{1});
    }

    void what_is_wrong_is_named_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no object") << QByteArray("[]") << QByteArray("a JSON object was expected, found array");
        QTest::newRow("unknown key") << QByteArray(R"({"cuont": 1})") << QByteArray("unknown key \"cuont\"");
        QTest::newRow("known keys") << QByteArray(R"({"cuont": 1})") << QByteArray("flag, count, seed");
        QTest::newRow("text for a number") << QByteArray(R"({"count": "1"})") << QByteArray("file.json, count: \"1\"");
        QTest::newRow("fraction") << QByteArray(R"({"count": 1.5})") << QByteArray("an integer expected");
        QTest::newRow("too large") << QByteArray(R"({"count": 2147483648})") << QByteArray("an integer expected");
        QTest::newRow("negative") << QByteArray(R"({"seed": -1})") << QByteArray("an integer from 0 on expected");
        QTest::newRow("in a list") << QByteArray(R"({"seeds": [1, -1]})") << QByteArray("seeds: -1 found");
        QTest::newRow("no list") << QByteArray(R"({"seeds": 1})") << QByteArray("a list expected");
        QTest::newRow("number for a text") << QByteArray(R"({"names": [1]})") << QByteArray("a text expected");
        QTest::newRow("number for true") << QByteArray(R"({"flag": 1})") << QByteArray("true or false expected");
        QTest::newRow("text for a real") << QByteArray(R"({"rate": null})") << QByteArray("a number expected");
        QTest::newRow("unknown name") << QByteArray(R"({"colour": "blue"})")
                                      << QByteArray("one of red, green expected");
    }
    void what_is_wrong_is_named() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, message);
        Values v;
        const auto status = read(Json::parse(json.toStdString()), v);
        QVERIFY(!status);
        const auto said = QByteArray::fromStdString(status.error().to_string());
        QVERIFY2(said.contains(message), said.constData());
    }

    void differences_are_told_by_path_data() {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QByteArray>("told");
        const QByteArray a(64, 'a'), b(64, 'b');
        QTest::newRow("the same") << QByteArray(R"({"a": [1, 2], "b": {"c": null}})")
                                  << QByteArray(R"({"b": {"c": null}, "a": [1, 2]})") << QByteArray();
        QTest::newRow("a value") << QByteArray(R"({"o": {"rate": 0.1}})") << QByteArray(R"({"o": {"rate": 0.2}})")
                                 << QByteArray("o/rate: 0.1 before, 0.2 now");
        QTest::newRow("a list") << QByteArray(R"({"l": [1]})") << QByteArray(R"({"l": [1, 2]})")
                                << QByteArray("l: [1] before, [1,2] now");
        QTest::newRow("gone and new") << QByteArray(R"({"x": 1})") << QByteArray(R"({"y": {"z": true}})")
                                      << QByteArray("x: 1 before, nothing now|y/z: nothing before, true now");
        QTest::newRow("a file") << "{\"f\": \"" + a + "\"}"
                                << "{\"f\": \"" + b + "\"}" << QByteArray("f has changed");
        QTest::newRow("a new file") << QByteArray("{}") << "{\"f\": \"" + b + "\"}"
                                    << QByteArray("f: nothing before, a file now");
        QTest::newRow("object for a number") << QByteArray(R"({"x": 1})") << QByteArray(R"({"x": {"y": 2}})")
                                             << QByteArray(R"(x: 1 before, {"y":2} now)");
    }
    void differences_are_told_by_path() {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QByteArray, told);
        std::string text;
        for (const auto& d : json_differences(Json::parse(before.toStdString()), Json::parse(after.toStdString())))
            text += (text.empty() ? "" : "|") + to_string(d);
        QCOMPARE(QByteArray::fromStdString(text), told);
    }
};

QTEST_APPLESS_MAIN(TestJsonFields)
#include "tst_json_fields.moc"
