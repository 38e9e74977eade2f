// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/writers.h"

using namespace lottery;

namespace {

struct Parsed {
    QString error;
    QStringList elements, texts;
    QString title, description;
    QMap<QString, QString> entries;
    QXmlStreamAttributes root;
};

Parsed parse(const QByteArray& bytes) {
    Parsed parsed;
    QXmlStreamReader xml(bytes);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) continue;
        const QString name = xml.name().toString();
        parsed.elements << name;
        if (name == "svg") parsed.root = xml.attributes();
        if (name == "text") parsed.texts << xml.readElementText();
        if (name == "title") parsed.title = xml.readElementText();
        if (name == "desc") parsed.description = xml.readElementText();
        if (name == "entry") {
            const QString key = xml.attributes().value("key").toString();
            parsed.entries[key] = xml.readElementText();
        }
    }
    parsed.error = xml.hasError() ? xml.errorString() : QString();
    return parsed;
}

Scene example() {
    Scene scene;
    scene.width_mm = 85;
    scene.height_mm = 40.5;
    scene.title = "A < B & \"C\"";
    scene.description = "alternative text";
    scene.add(SceneRectangle{{1, 2, 3, 4}, Color{1, 2, 3, 128}, Stroke{{9, 9, 9}, 0.2, {1, 0.5}}, 0.5});
    scene.add(SceneLine{{0, 0}, {5, 5}, {}});
    scene.add(ScenePolyline{{{0, 0}, {1, 1.23456}, {2, 0}}, {}});
    scene.add(ScenePolygon{{{0, 0}, {1, 1}, {2, 0}}, Color{255, 0, 0}, std::nullopt});
    scene.add(SceneCircle{{3, 3}, 1, std::nullopt, Stroke{}});
    scene.add(SceneText{"0.81 \u00b1 0.02", {10, 10}, TextAnchor::Middle, TextLevel::Middle, 8, -90, {}, true});
    return scene;
}

}  // namespace

class TestFigureFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void svg_holds_everything();
    void svg_survives_any_text_data();
    void svg_survives_any_text();
    void svg_numbers_do_not_depend_on_the_locale();
    void csv_quotes_and_reads_back();
    void csv_numbers_are_exact_data();
    void csv_numbers_are_exact();
    void files_are_written_and_failures_said();
};

void TestFigureFiles::svg_holds_everything() {
    const Parsed svg = parse(QByteArray::fromStdString(svg_of(example(), {{"seed", "42"}, {"task", "MRPC & RTE"}})));
    QCOMPARE(svg.error, QString());
    QCOMPARE(svg.root.value("width").toString(), QString("85mm"));
    QCOMPARE(svg.root.value("height").toString(), QString("40.5mm"));
    QCOMPARE(svg.root.value("viewBox").toString(), QString("0 0 85 40.5"));
    QVERIFY(svg.root.value("font-family").toString().contains("sans-serif"));
    QCOMPARE(svg.title, QString("A < B & \"C\""));
    QVERIFY(svg.description.startsWith("alternative text"));
    QVERIFY(svg.description.contains("task: MRPC & RTE"));
    QCOMPARE(svg.entries.value("seed"), QString("42"));
    QCOMPARE(svg.entries.value("task"), QString("MRPC & RTE"));
    for (const char* name : {"rect", "line", "polyline", "polygon", "circle", "text"})
        QVERIFY2(svg.elements.contains(name), name);
    QCOMPARE(svg.texts, QStringList{QString::fromUtf8("0.81 \u00b1 0.02")});
    // No metadata: no empty element.
    QVERIFY(!parse(QByteArray::fromStdString(svg_of(example(), {}))).elements.contains("metadata"));
}

void TestFigureFiles::svg_survives_any_text_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
    const QString bad(QChar::ReplacementCharacter);
    QTest::newRow("markup") << QByteArray("<b>&amp;\"'") << "<b>&amp;\"'";
    QTest::newRow("accents, CJK, emoji") << QByteArray("\u00e9\u4e2d\U0001F600")
                                         << QString::fromUtf8("\u00e9\u4e2d\U0001F600");
    QTest::newRow("stray continuation") << QByteArray("a\x80z") << "a" + bad + "z";
    QTest::newRow("cut short") << QByteArray("a\xE4\xB8") << "a" + bad + bad;
    QTest::newRow("overlong") << QByteArray("\xC0\xAF") << bad + bad;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << bad + bad + bad;
    QTest::newRow("above Unicode") << QByteArray("\xF4\x90\x80\x80") << bad + bad + bad + bad;
    QTest::newRow("control") << QByteArray("a\x01\x1Fz") << "a" + bad + bad + "z";
    QTest::newRow("not a character") << QByteArray("\xEF\xBF\xBE") << bad;
}

void TestFigureFiles::svg_survives_any_text() {
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    Scene scene;
    scene.title = text.toStdString();
    scene.add(SceneText{text.toStdString(), {}, TextAnchor::Start, TextLevel::Top, 8, 0, {}, false});
    const Parsed svg = parse(QByteArray::fromStdString(svg_of(scene, {{text.toStdString(), text.toStdString()}})));
    QCOMPARE(svg.error, QString());
    QCOMPARE(svg.texts, QStringList{expected});
    QCOMPARE(svg.title, expected);
    QCOMPARE(svg.entries.value(expected), expected);
}

void TestFigureFiles::svg_numbers_do_not_depend_on_the_locale() {
    const QByteArray before = QByteArray::fromStdString(svg_of(example(), {}));
    if (!std::setlocale(LC_ALL, "de_DE.UTF-8") && !std::setlocale(LC_ALL, "fr_FR.UTF-8")) {
        QVERIFY(before.contains("points=\"0,0 1,1.235 2,0\""));
        QSKIP("no locale with a decimal comma is installed; only the plain spelling was checked");
    }
    const QByteArray after = QByteArray::fromStdString(svg_of(example(), {}));
    std::setlocale(LC_ALL, "C");
    QCOMPARE(after, before);
}

void TestFigureFiles::csv_quotes_and_reads_back() {
    const DataTable table{
        {"name", "with, comma", "with \"quote\""},
        {{std::string("a,b"), 1.5, std::int64_t{-3}}, {std::string("two\nlines"), 0.25F, std::string()}}};
    QCOMPARE(QString::fromStdString(csv_of(table)),
             QString("name,\"with, comma\",\"with \"\"quote\"\"\"\n\"a,b\",1.5,-3\n\"two\nlines\",0.25,\n"));
}

void TestFigureFiles::csv_numbers_are_exact_data() {
    QTest::addColumn<double>("value");
    QTest::newRow("third") << 1.0 / 3.0;
    QTest::newRow("tiny") << 4.9e-324;
    QTest::newRow("huge") << 1.7976931348623157e308;
    QTest::newRow("negative") << -0.1;
}

void TestFigureFiles::csv_numbers_are_exact() {
    QFETCH(double, value);
    const DataTable table{{"x", "y"}, {{value, static_cast<float>(1.0 / 3.0)}}};
    const QStringList cells = QString::fromStdString(csv_of(table)).split('\n')[1].split(',');
    QCOMPARE(cells[0].toDouble(), value);
    QVERIFY(std::memcmp(std::array{cells[0].toDouble()}.data(), &value, sizeof value) == 0);
    QCOMPARE(cells[1], QString("0.33333334"));
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    QCOMPARE(csv_of({{"x"}, {{nan}, {infinity}, {-infinity}}}), std::string("x\nNaN\nInf\n-Inf\n"));
}

void TestFigureFiles::files_are_written_and_failures_said() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("new/figure.svg").toStdString();
    const Status written = write_svg(path, example(), {{"seed", "42"}});
    QVERIFY2(written.has_value(), written ? "" : written.error().to_string().c_str());
    QFile file(folder.filePath("new/figure.svg"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().toStdString(), svg_of(example(), {{"seed", "42"}}));
    QVERIFY(write_csv(folder.filePath("data.csv").toStdString(), {{"x"}, {{1.0}}}).has_value());
    // A file where a folder is wanted.
    const Status refused = write_csv(path / "below.csv", {{"x"}, {}});
    QVERIFY(!refused);
    QVERIFY(QString::fromStdString(refused.error().to_string()).contains("figure.svg"));
}

QTEST_GUILESS_MAIN(TestFigureFiles)
#include "tst_figure_files.moc"
