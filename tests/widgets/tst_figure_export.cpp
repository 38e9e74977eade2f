// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QImageReader>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/figures/heatmap.h"
#include "core/figures/writers.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_export_dialog.h"
#include "widgets/figures/paint_scene.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

Figure build(const FigureRequest& request) {
    HeatmapContent content;
    content.values.heads = HeadMatrix(4, 4, 0.25F);
    content.values.heads.at(1, 2) = 1.0F;
    content.values.mlps = {0.0F, 0.5F, 0.75F, 0.9F};
    content.masks = ComponentMasks::all_kept(4, 4);
    content.masks->heads.at(0, 0) = 0.0F;
    HeatmapOptions options;
    if (request.title) options.title = "Pairs, seed 42";
    return heatmap(content, options, request.style);
}

// Dark and light in turn; the place is in red and green.
Color colorOf(int row, int column, int alpha) {
    return {static_cast<std::uint8_t>(row), static_cast<std::uint8_t>(column),
            static_cast<std::uint8_t>((row + column) % 2 == 0 ? 10 : 240), static_cast<std::uint8_t>(alpha)};
}

// An image of so many cells a side, not on whole pixels.
Scene checkered(int size, int alpha) {
    Scene scene;
    scene.width_mm = 70.0;
    scene.height_mm = 70.0;
    SceneImage image{{4.07, 5.03, 61.3, 61.3}, size, size, {}};
    for (int row = 0; row < size; ++row)
        for (int column = 0; column < size; ++column) image.cells.push_back(colorOf(row, column, alpha));
    scene.add(std::move(image));
    return scene;
}

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::filesystem::path fsPath(const QString& path) { return path.toStdString(); }

}  // namespace

class TestFigureExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void painted_cells_have_their_colours();
    void text_is_placed_by_its_anchor();
    void images_keep_their_cells_data();
    void images_keep_their_cells();
    void images_of_less_than_a_pixel_lose_no_cell();
    void images_in_pdf_are_exact_and_not_smoothed();
    void images_in_svg_are_drawn_by_another_renderer();
    void png_has_size_resolution_and_provenance_data();
    void png_has_size_resolution_and_provenance();
    void impossible_png_is_refused();
    void pdf_is_vector_with_fonts_and_provenance();
    void svg_is_drawn_by_another_renderer();
    void csv_is_the_data();
    void refused_file_is_said();
    void clipboard_gets_image_svg_and_data();
    void file_names_data();
    void file_names();
    void dialog_saves_what_it_shows_data();
    void dialog_saves_what_it_shows();
    void dialog_changes_size_and_type();
    void dialog_stays_open_on_failure();
    void button_opens_dialog_for_each_format();
    void screen_colours_follow_the_palette();
};

void TestFigureExport::painted_cells_have_their_colours() {
    HeatmapContent content;
    content.values.heads = HeadMatrix(1, 2, 0.0F);
    content.values.heads.at(0, 1) = 1.0F;
    HeatmapOptions options;
    options.annotate = false;
    FigureStyle style;
    style.pixel_mm = 25.4 / 200;
    const HeatmapLayout layout = layout_heatmap(content, options, style);
    const QImage image = imageOf(heatmap(content, options, style).scene, 200);
    for (const auto& [head, value] : {std::pair{0, 0.0}, {1, 1.0}}) {
        const Box cell = layout.cell({0, head});
        const auto pixel = [](double mm) { return static_cast<int>(std::lround(mm / 25.4 * 200)); };
        const QColor expected = toQColor(sample(ColorMap::Viridis, value));
        // Sharp up to the edges: the first and the last pixel have the colour unmixed.
        for (const int x : {pixel(cell.x), pixel(cell.center().x), pixel(cell.right()) - 1}) {
            for (const int y : {pixel(cell.y), pixel(cell.center().y), pixel(cell.bottom()) - 1})
                QCOMPARE(image.pixelColor(x, y), expected);
        }
        QCOMPARE(image.pixelColor(pixel(cell.x) - 1, pixel(cell.center().y)), QColor(Qt::white));
    }
}

void TestFigureExport::images_keep_their_cells_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("dpi");
    QTest::addColumn<int>("alpha");
    for (const int size : {1, 5, 41, 128}) {
        QTest::addRow("%d cells, print", size) << size << 300.0 << 255;
        QTest::addRow("%d cells, screen", size) << size << 96.0 << 255;
    }
    QTest::newRow("translucent") << 41 << 300.0 << 128;
}

void TestFigureExport::images_keep_their_cells() {
    QFETCH(int, size);
    QFETCH(double, dpi);
    QFETCH(int, alpha);
    const Scene scene = checkered(size, alpha);
    const QImage image = imageOf(scene, dpi);
    const Box box = std::get<SceneImage>(scene.primitives[0]).box;
    const double cell = box.width / size;
    const auto middle = [&](double from, int i) { return static_cast<int>((from + (i + 0.5) * cell) / 25.4 * dpi); };
    for (int row = 0; row < size; ++row)
        for (int column = 0; column < size; ++column) {
            const QColor seen = image.pixelColor(middle(box.x, column), middle(box.y, row));
            const Color cellColor = colorOf(row, column, 255);
            const QColor expected = toQColor(mix({255, 255, 255}, cellColor, alpha / 255.0));
            // Nothing of the neighbours, which are far lighter or darker; blending rounds.
            for (const int difference :
                 {seen.red() - expected.red(), seen.green() - expected.green(), seen.blue() - expected.blue()})
                QVERIFY2(std::abs(difference) <= (alpha == 255 ? 0 : 2),
                         qPrintable(QString("cell %1, %2: %3").arg(row).arg(column).arg(seen.name())));
        }
    // Nothing but the colours of cells: no smoothed edges inside.
    if (alpha != 255) return;
    int mixed = 0;
    const int left = static_cast<int>(box.x / 25.4 * dpi) + 1, right = static_cast<int>(box.right() / 25.4 * dpi) - 1;
    const int y = middle(box.y, size / 2);
    for (int x = left; x < right; ++x) {
        const QColor seen = image.pixelColor(x, y);
        mixed += seen.blue() != 10 && seen.blue() != 240;
    }
    QCOMPARE(mixed, 0);
}

void TestFigureExport::images_of_less_than_a_pixel_lose_no_cell() {
    // 2.2 cells to a pixel: leaving out all but one of them would lose every second column.
    for (int column = 0; column < 512; column += 37) {
        Scene scene;
        scene.width_mm = scene.height_mm = 70.0;
        SceneImage image{{4.0, 5.0, 61.3, 61.3}, 512, 512, std::vector<Color>(512 * 512, Color{0, 0, 0})};
        for (int row = 0; row < 512; ++row) image.cells[static_cast<std::size_t>(512 * row + column)] = {255, 255, 255};
        scene.add(std::move(image));
        const QImage drawn = imageOf(scene, 96);
        int lightest = 0;
        for (int x = 14; x < 250; ++x) lightest = std::max(lightest, qGray(drawn.pixel(x, 130)));
        QVERIFY2(lightest > 50, qPrintable(QString("column %1: %2").arg(column).arg(lightest)));
    }
}

void TestFigureExport::images_in_pdf_are_exact_and_not_smoothed() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.pdf");
    Figure figure{checkered(41, 255), {}};
    figure.scene.add(SceneText{"token", {1, 1}, TextAnchor::Start, TextLevel::Top, 8, 0, {}, false});
    QVERIFY(exportFigure(fsPath(path), figure, {FigureFormat::Pdf, 300, {}}).has_value());
    const QByteArray pdf = bytesOf(path);
    QVERIFY(pdf.contains("/Subtype /Image"));
    QVERIFY(!pdf.contains("/DCTDecode"));         // JPEG
    QVERIFY(!pdf.contains("/Interpolate true"));  // readers would smooth it
    QVERIFY(pdf.contains("/ToUnicode"));          // text stays text
    const int side = std::get<SceneImage>(figure.scene.primitives[0]).pixels_per_cell();
    QVERIFY(side > 4);
    QVERIFY(pdf.contains(QByteArray("/Width ") + QByteArray::number(41 * side)));
}

void TestFigureExport::images_in_svg_are_drawn_by_another_renderer() {
    const Scene scene = checkered(41, 255);
    QSvgRenderer renderer(QByteArray::fromStdString(svg_of(scene, {})));
    QVERIFY(renderer.isValid());
    const QImage ours = imageOf(scene, 300);
    QImage theirs(ours.size(), QImage::Format_RGB32);
    theirs.fill(Qt::white);
    QPainter painter(&theirs);
    renderer.render(&painter, QRectF(theirs.rect()));
    painter.end();
    const Box box = std::get<SceneImage>(scene.primitives[0]).box;
    for (int row = 0; row < 41; ++row)
        for (int column = 0; column < 41; ++column) {
            const int x = static_cast<int>((box.x + (column + 0.5) * box.width / 41) / 25.4 * 300);
            const int y = static_cast<int>((box.y + (row + 0.5) * box.height / 41) / 25.4 * 300);
            QCOMPARE(theirs.pixel(x, y), ours.pixel(x, y));
        }
}

void TestFigureExport::text_is_placed_by_its_anchor() {
    // The ink of "HHHH" lies right of, around and left of the point.
    for (const auto& [anchor, low, high] :
         {std::tuple{TextAnchor::Start, 19.5, 45.0}, {TextAnchor::Middle, 10.0, 30.0}, {TextAnchor::End, 0.0, 20.5}}) {
        Scene scene;
        scene.width_mm = 50;
        scene.height_mm = 20;
        scene.add(SceneText{"HHHH", {20, 10}, anchor, TextLevel::Middle, 12, 0, {}, false});
        const QImage image = imageOf(scene, 254);  // ten pixels per mm
        int left = 1 << 20, right = -1, top = 1 << 20, bottom = -1;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qGray(image.pixel(x, y)) > 128) continue;
                left = std::min(left, x);
                right = std::max(right, x);
                top = std::min(top, y);
                bottom = std::max(bottom, y);
            }
        }
        QVERIFY(right > left);
        QVERIFY2(left / 10.0 >= low && right / 10.0 <= high,
                 qPrintable(QString("%1 to %2").arg(left / 10.0).arg(right / 10.0)));
        QVERIFY(std::abs((top + bottom) / 20.0 - 10.0) < 0.3);  // centred on the height of capitals
        QVERIFY(std::abs((bottom - top) / 10.0 - 12 * mm_per_point * capital_height) < 0.5);
    }
}

void TestFigureExport::png_has_size_resolution_and_provenance_data() {
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("dpi");
    QTest::addColumn<int>("pixels");
    QTest::newRow("one column, print") << 85.0 << 300.0 << 1004;
    QTest::newRow("two columns, print") << 175.0 << 300.0 << 2067;
    QTest::newRow("one column, screen") << 85.0 << 96.0 << 321;
    QTest::newRow("custom, fine") << 40.0 << 1200.0 << 1890;
}

void TestFigureExport::png_has_size_resolution_and_provenance() {
    QFETCH(double, width);
    QFETCH(double, dpi);
    QFETCH(int, pixels);
    QTemporaryDir folder;
    FigureRequest request;
    request.style.width_mm = width;
    const Figure figure = build(request);
    const QString path = folder.filePath("a.png");
    QVERIFY(exportFigure(fsPath(path), figure, {FigureFormat::Png, dpi, {{"seed", "42"}}}).has_value());
    const QImage image(path);
    QCOMPARE(image.width(), pixels);
    QCOMPARE(image.height(), static_cast<int>(std::round(figure.scene.height_mm / 25.4 * dpi)));
    QVERIFY(std::abs(image.dotsPerMeterX() * 0.0254 - dpi) < 0.1);
    QCOMPARE(image.text("seed"), QString("42"));
    QCOMPARE(image.text("Title"), QString("Pairs, seed 42"));
    QVERIFY(image.pixelColor(image.width() / 2, image.height() / 2) != QColor(Qt::white));
}

void TestFigureExport::impossible_png_is_refused() {
    QTemporaryDir folder;
    FigureRequest request;
    request.style.width_mm = 1000;
    request.style.height_mm = 1000;
    const Status large = exportFigure(fsPath(folder.filePath("a.png")), build(request), {FigureFormat::Png, 1200, {}});
    QVERIFY(!large);
    QVERIFY(QString::fromStdString(large.error().to_string()).contains("1000 mm at 1200 dpi"));
    const Status coarse = exportFigure(fsPath(folder.filePath("a.png")), build({}), {FigureFormat::Png, 0, {}});
    QVERIFY(!coarse);
    QVERIFY(!QFile::exists(folder.filePath("a.png")));
}

void TestFigureExport::pdf_is_vector_with_fonts_and_provenance() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.pdf");
    const Figure figure = build({});
    QVERIFY(
        exportFigure(fsPath(path), figure, {FigureFormat::Pdf, 300, {{"seed", "42"}, {"task", "A & B"}}}).has_value());
    const QByteArray pdf = bytesOf(path);
    QVERIFY(pdf.startsWith("%PDF-1."));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    QVERIFY(pdf.contains("/FontFile2") || pdf.contains("/FontFile3"));  // embedded
    QVERIFY(pdf.contains("/ToUnicode"));                                // text can be found and copied
    QVERIFY(!pdf.contains("/Subtype /Image"));                          // nothing is drawn as pixels
    QVERIFY(pdf.contains("seed=42; task=A &amp; B"));
    QVERIFY(pdf.contains("Pairs, seed 42"));
    const QRegularExpressionMatch box =
        QRegularExpression("/MediaBox \\[0 0 ([0-9.]+) ([0-9.]+)\\]").match(QString::fromLatin1(pdf));
    QVERIFY(box.hasMatch());
    QVERIFY(std::abs(box.captured(1).toDouble() - 85.0 / mm_per_point) < 1.0);  // Qt keeps whole points
    QVERIFY(std::abs(box.captured(2).toDouble() - figure.scene.height_mm / mm_per_point) < 1.0);
}

void TestFigureExport::svg_is_drawn_by_another_renderer() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.svg");
    const Figure figure = build({});
    QVERIFY(exportFigure(fsPath(path), figure, {FigureFormat::Svg, 300, {{"seed", "42"}}}).has_value());
    QSvgRenderer renderer(path);
    QVERIFY(renderer.isValid());
    const QImage ours = imageOf(figure.scene, 150);
    QImage theirs(ours.size(), QImage::Format_RGB32);
    theirs.fill(Qt::white);
    QPainter painter(&theirs);
    renderer.render(&painter, QRectF(theirs.rect()));
    painter.end();
    // The same picture, but for the edges of letters and lines.
    int different = 0;
    for (int y = 0; y < ours.height(); ++y) {
        for (int x = 0; x < ours.width(); ++x) {
            different += std::abs(qGray(ours.pixel(x, y)) - qGray(theirs.pixel(x, y))) > 60;
        }
    }
    const double share = static_cast<double>(different) / (ours.width() * ours.height());
    QVERIFY2(share < 0.02, qPrintable(QString::number(share)));
}

void TestFigureExport::csv_is_the_data() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.csv");
    const Figure figure = build({});
    QVERIFY(exportFigure(fsPath(path), figure, {FigureFormat::Csv, 300, {}}).has_value());
    QCOMPARE(bytesOf(path).toStdString(), csv_of(figure.data));
    QCOMPARE(bytesOf(path).count('\n'), 1 + 4 * 4 + 4);
}

void TestFigureExport::refused_file_is_said() {
    QTemporaryDir folder;
    QFile(folder.filePath("file")).open(QIODevice::WriteOnly);
    for (const FigureFormat format : {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png, FigureFormat::Csv}) {
        const Status refused =
            exportFigure(fsPath(folder.filePath("file/below." + extensionOf(format))), build({}), {format, 150, {}});
        QVERIFY(!refused);
        QVERIFY(QString::fromStdString(refused.error().to_string()).contains("file"));
    }
}

void TestFigureExport::clipboard_gets_image_svg_and_data() {
    const Figure figure = build({});
    copyFigure(figure, {{"seed", "42"}});
    const QMimeData* data = QApplication::clipboard()->mimeData();
    QVERIFY(data->hasImage());
    QCOMPARE(qvariant_cast<QImage>(data->imageData()).width(), 1004);
    QCOMPARE(data->data("image/svg+xml").toStdString(), svg_of(figure.scene, {{"seed", "42"}}));
    copyFigureData(figure);
    const QStringList lines = QApplication::clipboard()->text().split('\n');
    QCOMPARE(lines[0], QString("component\tlayer\thead\timportance\tmasked\tnewly masked"));
    QCOMPARE(lines[1], QString("head\t1\t1\t0.25\t1\t0"));
    QCOMPARE(lines[5], QString("mlp\t1\t\t0\t0\t0"));
}

void TestFigureExport::file_names_data() {
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << "MRPC, seed 1337"
                           << "mrpc-seed-1337";
    QTest::newRow("signs") << "a/b\\c: heads + MLPs!"
                           << "a-b-c-heads-mlps";
    QTest::newRow("none") << "///"
                          << "figure";
    QTest::newRow("umlaut") << QString::fromUtf8("\u00dcbung 1") << QString::fromUtf8("\u00fcbung-1");
}

void TestFigureExport::file_names() {
    QFETCH(QString, title);
    QFETCH(QString, name);
    QCOMPARE(fileNameOf(title), name);
}

void TestFigureExport::dialog_saves_what_it_shows_data() {
    QTest::addColumn<int>("format");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("pdf") << static_cast<int>(FigureFormat::Pdf) << QByteArray("%PDF-");
    QTest::newRow("svg") << static_cast<int>(FigureFormat::Svg) << QByteArray("<?xml");
    QTest::newRow("png") << static_cast<int>(FigureFormat::Png) << QByteArray("\x89PNG");
    QTest::newRow("csv") << static_cast<int>(FigureFormat::Csv) << QByteArray("component,");
}

void TestFigureExport::dialog_saves_what_it_shows() {
    QFETCH(int, format);
    QFETCH(QByteArray, head);
    QTemporaryDir folder;
    FigureExportDialog dialog(build, "pairs", {{"seed", "42"}});
    dialog.show();
    auto* file = dialog.findChild<QLineEdit*>("file");
    QVERIFY(file->text().endsWith("pairs.pdf"));
    file->setText(folder.filePath("pairs.pdf"));
    dialog.setFormat(static_cast<FigureFormat>(format));
    const QString extension = extensionOf(static_cast<FigureFormat>(format));
    QCOMPARE(file->text(), folder.filePath("pairs." + extension));
    QCOMPARE(dialog.findChild<QDoubleSpinBox*>("dpi")->isEnabled(), extension == "png");
    QCOMPARE(dialog.findChild<QComboBox*>("width")->isEnabled(), extension != "csv");
    QSignalSpy exported(&dialog, &FigureExportDialog::exported);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QCOMPARE(exported.count(), 1);
    QVERIFY(!dialog.isVisible());
    QVERIFY(bytesOf(folder.filePath("pairs." + extension)).startsWith(head));
}

void TestFigureExport::dialog_changes_size_and_type() {
    FigureExportDialog dialog(build, "pairs", {});
    dialog.show();
    auto* width = dialog.findChild<QComboBox*>("width");
    auto* millimetres = dialog.findChild<QDoubleSpinBox*>("widthMm");
    QCOMPARE(dialog.figure().scene.width_mm, one_column_mm);
    QTest::keyClick(width, Qt::Key_Down);
    QCOMPARE(dialog.figure().scene.width_mm, two_columns_mm);
    QVERIFY(!millimetres->isEnabled());
    QTest::keyClick(width, Qt::Key_Down);
    QVERIFY(millimetres->isEnabled());
    millimetres->setValue(120);
    QCOMPARE(dialog.figure().scene.width_mm, 120.0);
    const auto largest = [&] {
        double size = 0;
        for (const auto& primitive : dialog.figure().scene.primitives) {
            if (const auto* text = std::get_if<SceneText>(&primitive)) size = std::max(size, text->size_pt);
        }
        return size;
    };
    QCOMPARE(largest(), 9.0);
    dialog.findChild<QDoubleSpinBox*>("fontPt")->setValue(10);
    QCOMPARE(largest(), 11.0);
    dialog.findChild<QCheckBox*>("title")->click();
    QCOMPARE(largest(), 10.0);
    dialog.setFormat(FigureFormat::Png);
    dialog.findChild<QDoubleSpinBox*>("dpi")->setValue(254);
    QVERIFY(dialog.findChild<QLabel*>("size")->text().contains("1200"));
    QTest::mouseClick(dialog.findChild<QPushButton*>("copy"), Qt::LeftButton);
    QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
}

void TestFigureExport::dialog_stays_open_on_failure() {
    QTemporaryDir folder;
    QFile(folder.filePath("file")).open(QIODevice::WriteOnly);
    FigureExportDialog dialog(build, "pairs", {});
    dialog.show();
    auto* file = dialog.findChild<QLineEdit*>("file");
    auto* problem = dialog.findChild<QLabel*>("problem");
    for (const QString& path : {QString(), folder.path(), folder.filePath("file/below.pdf")}) {
        file->setText(path);
        dialog.accept();
        QVERIFY(dialog.isVisible());
        QVERIFY(problem->isVisible() && !problem->text().isEmpty());
    }
    file->setText(folder.filePath("without-extension"));
    dialog.accept();
    QVERIFY(!dialog.isVisible());
    QVERIFY(QFile::exists(folder.filePath("without-extension.pdf")));
}

void TestFigureExport::button_opens_dialog_for_each_format() {
    FigureExportButton button("heatmap");
    QVERIFY(!button.isEnabled());
    button.setFigure("pairs", build);
    QVERIFY(button.isEnabled());
    button.show();
    for (const QString extension : {"pdf", "svg", "png", "csv"}) {
        button.menu()->findChild<QAction*>("export-" + extension)->trigger();
        auto* dialog = button.findChild<FigureExportDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        QVERIFY(dialog->findChild<QLineEdit*>("file")->text().endsWith("pairs." + extension));
        dialog->reject();
        QTRY_VERIFY(!button.findChild<FigureExportDialog*>());
    }
    button.menu()->findChild<QAction*>("copy-data")->trigger();
    QVERIFY(QApplication::clipboard()->text().startsWith("component\t"));
    button.menu()->findChild<QAction*>("copy-figure")->trigger();
    QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
    button.setFigure({}, nullptr);
    QVERIFY(!button.isEnabled());
}

void TestFigureExport::screen_colours_follow_the_palette() {
    QPalette light, dark;
    light.setColor(QPalette::Base, Qt::white);
    light.setColor(QPalette::Text, Qt::black);
    dark.setColor(QPalette::Base, QColor(30, 30, 30));
    dark.setColor(QPalette::Text, QColor(230, 230, 230));
    QVERIFY(!isDark(light) && isDark(dark));
    for (const QPalette& palette : {light, dark}) {
        const FigureColors colors = figureColors(palette);
        QCOMPARE(toQColor(colors.background), palette.color(QPalette::Base));
        const auto contrast = [&](Color color) {
            const double a = luminance(color), b = luminance(colors.background);
            return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
        };
        for (const Color color : {colors.text, colors.muted, colors.primary, colors.warning})
            QVERIFY(contrast(color) > 3.0);
    }
}

QTEST_MAIN(TestFigureExport)
#include "tst_figure_export.moc"
