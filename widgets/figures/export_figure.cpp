// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/export_figure.h"

#include <QBuffer>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QXmlStreamWriter>
#include <cmath>

#include "core/base/file.h"
#include "core/figures/writers.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

constexpr double clipboard_dpi = 300.0;
constexpr double most_pixels = 120e6;
constexpr int pdf_dots_per_inch = 1200;

QString textOf(const std::string& text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

// The document information of PDF in the form that carries any key: dc:title, dc:description, pdf:Keywords and one
// property of our own per key (ISO 16684-1).
QByteArray xmpOf(const Scene& scene, const FigureMetadata& metadata) {
    const QString rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", dc = "http://purl.org/dc/elements/1.1/",
                  pdf = "http://ns.adobe.com/pdf/1.3/", ours = "urn:lottery-workbench:provenance:";
    QByteArray bytes;
    QXmlStreamWriter xml(&bytes);
    xml.writeProcessingInstruction("xpacket", "begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"");
    xml.writeNamespace("adobe:ns:meta/", "x");
    xml.writeStartElement("adobe:ns:meta/", "xmpmeta");
    xml.writeNamespace(rdf, "rdf");
    xml.writeStartElement(rdf, "RDF");
    xml.writeNamespace(dc, "dc");
    xml.writeNamespace(pdf, "pdf");
    xml.writeNamespace(ours, "provenance");
    xml.writeStartElement(rdf, "Description");
    xml.writeAttribute(rdf, "about", "");
    const auto alternative = [&](const char* name, const std::string& text) {
        xml.writeStartElement(dc, name);
        xml.writeStartElement(rdf, "Alt");
        xml.writeStartElement(rdf, "li");
        xml.writeAttribute("xml:lang", "x-default");
        xml.writeCharacters(textOf(text));
        for (int i = 0; i < 3; ++i) xml.writeEndElement();
    };
    alternative("title", scene.title);
    alternative("description", scene.description);
    QStringList keywords;
    for (const auto& [key, value] : metadata) keywords << textOf(key) + "=" + textOf(value);
    if (!keywords.isEmpty()) xml.writeTextElement(pdf, "Keywords", keywords.join("; "));
    xml.writeStartElement(ours, "entries");
    xml.writeStartElement(rdf, "Bag");
    for (const QString& keyword : keywords) xml.writeTextElement(rdf, "li", keyword);
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndElement();  // Description
    xml.writeEndElement();  // RDF
    xml.writeEndElement();  // xmpmeta
    xml.writeProcessingInstruction("xpacket", "end=\"r\"");
    return bytes;
}

std::string pdfOf(const Scene& scene, const FigureMetadata& metadata) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(pdf_dots_per_inch);
        writer.setTitle(textOf(scene.title));
        writer.setCreator("Lottery Workbench");
        writer.setPageSize(
            QPageSize(QSizeF(scene.width_mm, scene.height_mm), QPageSize::Millimeter, "figure", QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF());
        writer.setDocumentXmpMetadata(xmpOf(scene, metadata));
        QPainter painter(&writer);
        const double dots = pdf_dots_per_inch / 25.4;
        paintScene(painter, scene, QRectF(0, 0, scene.width_mm * dots, scene.height_mm * dots));
    }
    return bytes.toStdString();
}

Result<std::string> pngOf(const Scene& scene, const ExportOptions& options) {
    if (!(options.dpi >= 36.0 && options.dpi <= 2400.0)) {
        return Error{"a resolution of " + std::to_string(options.dpi) + " dpi was asked for", "PNG export",
                     "Choose 36 to 2400 dpi"};
    }
    QImage image = imageOf(scene, options.dpi);
    if (image.isNull()) {
        return Error{"the image would be too large: " + std::to_string(static_cast<int>(scene.width_mm)) + " mm at " +
                         std::to_string(static_cast<int>(options.dpi)) + " dpi",
                     "PNG export", "Choose a lower resolution or a smaller width, or export as PDF or SVG"};
    }
    image.setText("Title", textOf(scene.title));
    image.setText("Description", textOf(scene.description));
    image.setText("Software", "Lottery Workbench");
    for (const auto& [key, value] : options.metadata) image.setText(textOf(key), textOf(value));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG"))
        return Error{"Qt could not write the image as PNG", "PNG export", "Export as PDF or SVG"};
    return bytes.toStdString();
}

}  // namespace

QString extensionOf(FigureFormat format) {
    switch (format) {
        case FigureFormat::Pdf:
            return "pdf";
        case FigureFormat::Svg:
            return "svg";
        case FigureFormat::Png:
            return "png";
        case FigureFormat::Csv:
            return "csv";
    }
    return {};
}

std::optional<FigureFormat> formatOf(const QString& extension) {
    for (const FigureFormat format : {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png, FigureFormat::Csv}) {
        if (extension.compare(extensionOf(format), Qt::CaseInsensitive) == 0) return format;
    }
    return std::nullopt;
}

Status exportFigure(const std::filesystem::path& path, const Figure& figure, const ExportOptions& options) {
    switch (options.format) {
        case FigureFormat::Pdf:
            return write_file_atomically(path, pdfOf(figure.scene, options.metadata));
        case FigureFormat::Svg:
            return write_svg(path, figure.scene, options.metadata);
        case FigureFormat::Csv:
            return write_csv(path, figure.data);
        case FigureFormat::Png:
            break;
    }
    LOTTERY_TRY(const std::string png, pngOf(figure.scene, options));
    return write_file_atomically(path, png);
}

QImage imageOf(const Scene& scene, double dpi) {
    const double width = std::round(scene.width_mm / 25.4 * dpi), height = std::round(scene.height_mm / 25.4 * dpi);
    if (!(width >= 1.0 && height >= 1.0 && width * height <= most_pixels)) return {};
    QImage image(static_cast<int>(width), static_cast<int>(height), QImage::Format_RGB32);
    if (image.isNull()) return {};
    const int per_meter = static_cast<int>(std::lround(dpi / 0.0254));
    image.setDotsPerMeterX(per_meter);
    image.setDotsPerMeterY(per_meter);
    image.fill(toQColor(scene.background));
    QPainter painter(&image);
    // Not stretched to whole pixels: what lies on a pixel in millimetres lies on one in the image.
    paintScene(painter, scene, QRectF(0, 0, scene.width_mm / 25.4 * dpi, scene.height_mm / 25.4 * dpi));
    return image;
}

void copyFigure(const Figure& figure, const FigureMetadata& metadata) {
    auto* data = new QMimeData;
    data->setImageData(imageOf(figure.scene, clipboard_dpi));
    data->setData("image/svg+xml", QByteArray::fromStdString(svg_of(figure.scene, metadata)));
    QGuiApplication::clipboard()->setMimeData(data);
}

void copyFigureData(const Figure& figure) {
    const DataTable& table = figure.data;
    QStringList lines;
    // A tab or a line end inside a cell would shift the columns.
    const auto plain = [](QString text) { return text.replace('\t', ' ').replace('\n', ' '); };
    QStringList heads;
    for (const std::string& column : table.columns) heads << plain(textOf(column));
    lines << heads.join('\t');
    for (const auto& row : table.rows) {
        QStringList cells;
        for (const DataCell& cell : row) {
            const auto* text = std::get_if<std::string>(&cell);
            // One row of one number as CSV is the number itself.
            const std::vector<DataCell> single{cell};
            cells << (text ? plain(textOf(*text)) : textOf(csv_of(DataTable{{}, {single}})).trimmed());
        }
        lines << cells.join('\t');
    }
    QGuiApplication::clipboard()->setText(lines.join('\n') + '\n');
}

QString fileNameOf(const QString& title) {
    QString name;
    for (const QChar c : title.toLower()) {
        if (c.isLetterOrNumber()) {
            name += c;
        } else if (!name.isEmpty() && !name.endsWith('-')) {
            name += '-';
        }
    }
    while (name.endsWith('-')) name.chop(1);
    return name.isEmpty() ? QString("figure") : name.left(80);
}

}  // namespace lottery::gui
