// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/dialogs.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Dialogs", text); }

QString plain(QString text) { return text.remove(QLatin1Char('&')).remove(QChar(0x2026)); }

void listShortcuts(const QMenu* menu, QTreeWidgetItem* group) {
    for (QAction* action : menu->actions()) {
        if (const QMenu* nested = action->menu()) {
            listShortcuts(nested, group);
            continue;
        }
        for (const QKeySequence& keys : action->shortcuts())
            new QTreeWidgetItem(group,
                                {plain(action->text()), keys.toString(QKeySequence::NativeText), action->statusTip()});
    }
}

}  // namespace

QDialog* showShortcuts(QWidget* parent, const QList<QAction*>& menuBarActions) {
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("shortcuts"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keyboard shortcuts"));
    auto* tree = new QTreeWidget;
    tree->setColumnCount(3);
    tree->setHeaderLabels({tr("Action"), tr("Keys"), tr("What it does")});
    tree->setRootIsDecorated(false);
    tree->setItemsExpandable(false);
    tree->setFrameShape(QFrame::NoFrame);
    tree->setSelectionMode(QAbstractItemView::NoSelection);
    const auto addGroup = [&](const QString& title) {
        auto* group = new QTreeWidgetItem(tree, {title});
        QFont bold = tree->font();
        bold.setBold(true);
        group->setFont(0, bold);
        group->setFirstColumnSpanned(true);
        return group;
    };
    for (const QAction* top : menuBarActions) {
        if (!top->menu()) continue;
        auto* group = addGroup(plain(top->text()));
        listShortcuts(top->menu(), group);
        if (group->childCount() == 0) delete group;
    }
    auto* within = addGroup(tr("In heatmaps of heads and MLPs"));
    for (const auto& [what, keys, hint] :
         {std::tuple{tr("Select"), tr("Arrow keys"), tr("The selected component is explained in the inspector")},
          {tr("First head, MLP of the layer"), tr("Home, End"), QString()},
          {tr("First, last layer"), tr("Page Up, Page Down"), QString()},
          {tr("Mask or keep"), tr("Space or Enter"), tr("In the tab What if; in a mask search it leads there")},
          {tr("Undo, redo"), tr("Ctrl+Z, Ctrl+Shift+Z"), tr("In the tab What if")}})
        new QTreeWidgetItem(within, {what, keys, hint});
    tree->expandAll();
    for (int column = 0; column < 3; ++column) tree->resizeColumnToContents(column);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(tree, 1);
    layout->addWidget(buttons);
    const int digit = dialog->fontMetrics().averageCharWidth();
    dialog->resize(digit * 120, dialog->fontMetrics().height() * 34);
    dialog->open();
    return dialog;
}

QDialog* showAbout(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("about"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("About Lottery Workbench"));
    auto* emblem = new QLabel;
    emblem->setPixmap(applicationIcon().pixmap(QSize(72, 72), dialog->devicePixelRatioF()));
    emblem->setAlignment(Qt::AlignTop);
    auto* text = new QLabel(
        tr("<h2>Lottery Workbench %1</h2>"
           "<p>Finds, explores and compares subnetworks of BERT on GLUE.</p>"
           "<p>The method: Prasanna, Rogers, Rumshisky, “When BERT Plays the Lottery, All Tickets Are Winning”, "
           "EMNLP 2020, <a href=\"https://arxiv.org/abs/2005.00561\">arXiv 2005.00561</a>. This program is written "
           "from the paper and is not a work of its authors.</p>"
           "<p>Built with LibTorch %2 (BSD-3-Clause), Qt %3 (LGPL-3.0), QCustomPlot (GPL-3.0), nlohmann/json (MIT), "
           "utf8proc (MIT).</p>"
           "<p>Free software under the GNU General Public License, version 3 or later, without any warranty.</p>")
            .arg(QCoreApplication::applicationVersion(), QStringLiteral(LOTTERY_TORCH_VERSION),
                 QLatin1String(qVersion())));
    text->setObjectName(QStringLiteral("aboutText"));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextBrowserInteraction);
    text->setOpenExternalLinks(true);
    text->setMinimumWidth(dialog->fontMetrics().averageCharWidth() * 72);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* top = new QHBoxLayout;
    top->setSpacing(18);
    top->addWidget(emblem);
    top->addWidget(text, 1);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(18, 18, 18, 12);
    layout->addLayout(top, 1);
    layout->addWidget(buttons);
    dialog->open();
    return dialog;
}

QMessageBox* askToCloseWithJobs(QWidget* parent, int running, int queued, const std::function<void()>& yes) {
    const QString what = running > 0 && queued > 0 ? tr("A job is running and %1 more wait in the queue.").arg(queued)
                         : running > 0             ? tr("A job is running.")
                                                   : tr("%1 jobs wait in the queue.").arg(queued);
    auto* box =
        new QMessageBox(QMessageBox::Question, tr("Close Lottery Workbench"), what, QMessageBox::NoButton, parent);
    box->setObjectName(QStringLiteral("closeQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        tr("Closing cancels them. What is on disk stays, and an interrupted fine-tuning can go on "
           "later from its last resume point."));
    QPushButton* close = box->addButton(tr("Cancel jobs and &close"), QMessageBox::DestructiveRole);
    close->setObjectName(QStringLiteral("closeAnyway"));
    QPushButton* stay = box->addButton(tr("&Keep running"), QMessageBox::RejectRole);
    stay->setObjectName(QStringLiteral("keepRunning"));
    box->setDefaultButton(stay);
    box->setEscapeButton(stay);
    QObject::connect(close, &QPushButton::clicked, parent, yes);
    box->open();
    return box;
}

}  // namespace lottery::gui
