// SPDX-License-Identifier: GPL-3.0-or-later
//
// lottery-workbench [FOLDER]: opens the window, and in it the folder of a run or a study.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QStyleFactory>

#include "app/gui/appearance.h"
#include "app/gui/main_window.h"
#include "resources/themed_icon.h"

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("lottery-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Lottery Workbench"));
    QApplication::setApplicationVersion(QStringLiteral(LOTTERY_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("lottery-workbench"));
    QApplication::setWindowIcon(lottery::gui::applicationIcon());
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::translate("main", "Finds and explores subnetworks of BERT on GLUE."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("folder"), QApplication::translate("main", "Run or study to open"),
                                 QStringLiteral("[FOLDER]"));
    parser.process(app);
    if (parser.positionalArguments().size() > 1) {
        qCritical("lottery-workbench: one folder at most; see --help");
        return 2;
    }

    lottery::gui::applyAppearance(lottery::gui::WindowSettings().appearance());
    lottery::gui::MainWindow window;
    window.show();
    if (!parser.positionalArguments().isEmpty())
        window.openFolder(QDir().absoluteFilePath(parser.positionalArguments().constFirst()));
    else
        window.restoreSession();
    return QApplication::exec();
}
