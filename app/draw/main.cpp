// SPDX-License-Identifier: GPL-3.0-or-later
//
// lottery-draw FILE.(pdf|png) [DPI]: makes a PDF or PNG of the figure that it gets on its input (core/figures/
// scene_json.h). `lottery` calls it, which knows no Qt itself; it needs no display.
#include <QGuiApplication>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "core/figures/scene_json.h"
#include "widgets/figures/export_figure.h"

namespace {

using namespace lottery;
using namespace lottery::gui;

Status draw(const std::filesystem::path& path, const char* dpi) {
    const auto format = formatOf(QString::fromStdString(path.extension().string()).mid(1));
    if (!format || (*format != FigureFormat::Pdf && *format != FigureFormat::Png))
        return Error{
            "the ending is \"" + path.extension().string() + "\", .pdf or .png was expected", path.string(), {}};
    ExportOptions options;
    options.format = *format;
    if (dpi != nullptr) options.dpi = QByteArray(dpi).toDouble();
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    LOTTERY_TRY(auto drawn, scene_from_json(Json::parse(input, nullptr, false)));
    options.metadata = std::move(drawn.metadata);
    Figure figure;
    figure.scene = std::move(drawn.scene);
    return exportFigure(path, figure, options);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        std::fputs("lottery-draw: drawn for `lottery figure`, which calls it: lottery-draw FILE.(pdf|png) [DPI]\n",
                   stderr);
        return 2;
    }
    // Nothing is shown, so that no display is asked for.
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // Qt warns of a desktop that is not there; what goes wrong is returned.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& message) {
        if (type == QtCriticalMsg || type == QtFatalMsg) std::fprintf(stderr, "%s\n", qPrintable(message));
    });
    const QGuiApplication application(argc, argv);
    const auto status = draw(argv[1], argc > 2 ? argv[2] : nullptr);
    if (status) return 0;
    std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
    return 1;
}
