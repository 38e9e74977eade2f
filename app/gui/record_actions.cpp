// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/record_actions.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <system_error>

#include "app/gui/run_tabs.h"
#include "resources/themed_icon.h"
#include "widgets/provenance/record_file.h"
#include "widgets/provenance/run_difference_dialog.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("RecordActions", text); }

}  // namespace

QStringList runsToCompare(const RunTabs& tabs, const QStringList& recent) {
    QStringList folders;
    for (int i = 0; i < tabs.count(); ++i)
        if (const auto* view = qobject_cast<RunView*>(tabs.widget(i))) folders << view->folder();
    folders += recent;
    folders.removeDuplicates();
    folders.removeIf([](const QString& folder) {
        std::error_code error;
        return folder.isEmpty() || !std::filesystem::exists(recordFile(pathFromText(folder)), error);
    });
    return folders;
}

RunDifferenceDialog* showDifference(QWidget* parent, const QString& here, const QString& there,
                                    const QStringList& others) {
    auto* dialog = new RunDifferenceDialog(here, others, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!there.isEmpty()) dialog->setThere(there);
    dialog->open();
    return dialog;
}

QDialog* showCommand(QWidget* parent, const QString& command) {
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("runCommand"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Run again"));
    auto* why = new QLabel(tr("There is no form for this kind of run. In a terminal, this command does it again:"));
    why->setWordWrap(true);
    auto* text = new QPlainTextEdit(command);
    text->setObjectName(QStringLiteral("commandText"));
    text->setAccessibleName(tr("Command"));
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton* copy = buttons->addButton(tr("&Copy"), QDialogButtonBox::ActionRole);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setIcon(themedIcon(QStringLiteral("copy")));
    QObject::connect(copy, &QPushButton::clicked, dialog,
                     [command] { QGuiApplication::clipboard()->setText(command); });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(why);
    layout->addWidget(text, 1);
    layout->addWidget(buttons);
    const int digit = dialog->fontMetrics().averageCharWidth();
    dialog->resize(digit * 110, dialog->fontMetrics().height() * 14);
    dialog->open();
    return dialog;
}

}  // namespace lottery::gui
