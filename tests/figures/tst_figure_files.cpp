// SPDX-License-Identifier: GPL-3.0-or-later
#include <png.h>

#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/base64.h"
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
    void svg_images_are_sharp_png_data();
    void svg_images_are_sharp_png();
    void base64_reads_back_and_refuses_the_rest_data();
    void base64_reads_back_and_refuses_the_rest();
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

void TestFigureFiles::svg_images_are_sharp_png_data() {
    QTest::addColumn<double>("width");
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("alpha");
    QTest::addColumn<int>("side");  // pixels of a cell
    QTest::newRow("large cells") << 60.0 << 3 << 2 << 255 << 16;
    QTest::newRow("translucent") << 60.0 << 3 << 2 << 100 << 16;
    QTest::newRow("600 dpi") << 25.4 << 100 << 50 << 255 << 6;
    QTest::newRow("512 tokens") << 60.0 << 512 << 512 << 255 << 3;
    QTest::newRow("cells below a dot") << 1.0 << 200 << 3 << 255 << 1;
    QTest::newRow("more than a bearable picture") << 1000.0 << 3000 << 2 << 255 << 1;
    QTest::newRow("without colours") << 60.0 << 0 << 0 << 255 << 0;
    QTest::newRow("too few colours") << 60.0 << 3 << -2 << 255 << 0;
}

void TestFigureFiles::svg_images_are_sharp_png() {
    QFETCH(double, width);
    QFETCH(int, columns);
    QFETCH(int, rows);
    QFETCH(int, alpha);
    QFETCH(int, side);
    SceneImage image{{2, 3, width, width * std::abs(rows) / std::max(columns, 1)}, columns, std::abs(rows), {}};
    for (int i = 0; i < columns * rows; ++i)
        image.cells.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256), 7,
                               static_cast<std::uint8_t>(i == 0 ? alpha : 255)});
    Scene scene;
    scene.add(image);
    QXmlStreamReader xml(QByteArray::fromStdString(svg_of(scene, {})));
    QXmlStreamAttributes attributes;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("image"))
            attributes = xml.attributes();
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(attributes.isEmpty(), side == 0);
    if (side == 0) return;
    QCOMPARE(attributes.value("x").toString(), QString("2"));
    QCOMPARE(attributes.value("preserveAspectRatio").toString(), QString("none"));
    QVERIFY(attributes.value("style").contains(QLatin1String("image-rendering:pixelated")));
    const QString link = attributes.value("http://www.w3.org/1999/xlink", "href").toString();
    const QString head = "data:image/png;base64,";
    QVERIFY(link.startsWith(head));
    const QByteArray bytes = QByteArray::fromBase64(link.mid(head.size()).toLatin1());
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    QVERIFY2(png_image_begin_read_from_memory(&png, bytes.data(), static_cast<std::size_t>(bytes.size())), png.message);
    QCOMPARE(static_cast<int>(png.width), columns * side);
    QCOMPARE(static_cast<int>(png.height), rows * side);
    QCOMPARE((png.format & PNG_FORMAT_FLAG_ALPHA) != 0, alpha != 255);
    png.format = PNG_FORMAT_RGBA;
    std::vector<png_byte> pixels(PNG_IMAGE_SIZE(png));
    QVERIFY2(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr), png.message);
    for (int y = 0; y < rows * side; ++y)
        for (int x = 0; x < columns * side; ++x) {
            const png_byte* found = pixels.data() + 4 * (static_cast<std::ptrdiff_t>(y) * columns * side + x);
            const Color c = image.cells[static_cast<std::size_t>(y / side * columns + x / side)];
            if (Color{found[0], found[1], found[2], found[3]} != c)
                QFAIL(qPrintable(QString("pixel %1, %2").arg(x).arg(y)));
        }
}

void TestFigureFiles::base64_reads_back_and_refuses_the_rest_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    QTest::newRow("nothing") << QByteArray() << true;
    for (int length = 1; length < 7; ++length)
        QTest::addRow("%d bytes", length) << QByteArray("\xFF\x00z?~\x80", length).toBase64() << true;
    QTest::newRow("cut short") << QByteArray("AAA") << false;
    QTest::newRow("no digit") << QByteArray("AA*A") << false;
    QTest::newRow("space before") << QByteArray(" AAA") << false;
    QTest::newRow("line end behind") << QByteArray("AAA\n") << false;
    QTest::newRow("padding inside") << QByteArray("A=AA") << false;
    QTest::newRow("padding before the end") << QByteArray("AA==AAAA") << false;
    QTest::newRow("padding alone") << QByteArray("====") << false;
}

void TestFigureFiles::base64_reads_back_and_refuses_the_rest() {
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    const auto bytes = bytes_of_base64(text.toStdString());
    QCOMPARE(bytes.has_value(), good);
    if (!good) return;
    QCOMPARE(QByteArray::fromStdString(*bytes), QByteArray::fromBase64(text));
    QCOMPARE(base64_of(*bytes), text.toStdString());
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
