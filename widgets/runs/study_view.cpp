// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/study_view.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QSvgRenderer>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "resources/themed_icon.h"

namespace lottery::gui {

FigurePreview::FigurePreview(QWidget* parent) : QWidget(parent), renderer_(new QSvgRenderer(this)) {
    renderer_->setAspectRatioMode(Qt::KeepAspectRatio);
    setAccessibleName(tr("Figure"));
    setMinimumSize(200, 160);
}

bool FigurePreview::setFile(const QString& path) {
    const bool loaded = QFileInfo::exists(path) && renderer_->load(path);
    update();
    return loaded;
}

void FigurePreview::paintEvent(QPaintEvent*) {
    if (!renderer_->isValid()) return;
    QPainter painter(this);
    const QSizeF size = QSizeF(renderer_->defaultSize()).scaled(QSizeF(rect().size()), Qt::KeepAspectRatio);
    const QRectF paper(QPointF((width() - size.width()) / 2.0, 0.0), size);
    painter.fillRect(paper, Qt::white);
    renderer_->render(&painter, paper);
}

StudyView::StudyView(QWidget* parent) : QWidget(parent) {
    summary_ = new QLabel;
    summary_->setForegroundRole(QPalette::PlaceholderText);
    compare_ = new QPushButton(themedIcon(QStringLiteral("record")), tr("Compare the two records"));
    compare_->setObjectName(QStringLiteral("compareRuns"));
    compare_->setToolTip(tr("Select two runs (with Ctrl) to see how their records differ"));
    compare_->setEnabled(false);
    runs_ = new QTableWidget;
    runs_->setObjectName(QStringLiteral("studyRuns"));
    runs_->setAccessibleName(tr("Runs of the study"));
    runs_->setColumnCount(4);
    runs_->setHorizontalHeaderLabels({tr("Run"), tr("Setting"), tr("Task"), tr("Seed")});
    for (int column = 0; column < 4; ++column)
        runs_->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    runs_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    runs_->setSelectionBehavior(QAbstractItemView::SelectRows);
    runs_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    runs_->setTabKeyNavigation(false);
    runs_->setShowGrid(false);
    runs_->setFrameShape(QFrame::NoFrame);
    runs_->verticalHeader()->hide();
    runs_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    runs_->horizontalHeader()->setHighlightSections(false);
    runs_->horizontalHeader()->setStretchLastSection(true);

    figures_ = new QListWidget;
    figures_->setObjectName(QStringLiteral("studyFigures"));
    figures_->setAccessibleName(tr("Figures of the study"));
    figures_->setFrameShape(QFrame::NoFrame);
    figures_->setMaximumHeight(fontMetrics().height() * 9);
    preview_ = new FigurePreview;
    figurePane_ = new QWidget;
    auto* figureLayout = new QVBoxLayout(figurePane_);
    figureLayout->setContentsMargins(8, 0, 0, 0);
    figureLayout->addWidget(figures_);
    figureLayout->addWidget(preview_, 1);

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(runs_);
    splitter->addWidget(figurePane_);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    auto* top = new QHBoxLayout;
    top->addWidget(summary_, 1);
    top->addWidget(compare_);
    layout->addLayout(top);
    layout->addWidget(splitter, 1);

    connect(runs_, &QTableWidget::itemActivated, this, [this](const QTableWidgetItem* item) {
        Q_EMIT openRequested(runs_->item(item->row(), 0)->data(Qt::UserRole).toString());
    });
    connect(runs_, &QTableWidget::itemSelectionChanged, this,
            [this] { compare_->setEnabled(selectedFolders().size() == 2); });
    connect(compare_, &QPushButton::clicked, this, [this] {
        const QStringList chosen = selectedFolders();
        if (chosen.size() == 2) Q_EMIT compareRequested(chosen.front(), chosen.back());
    });
    runs_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(runs_, &QWidget::customContextMenuRequested, this, [this](const QPoint& position) {
        // The keyboard's menu key comes with a position of its own; the selected run is meant then.
        const QTableWidgetItem* at = runs_->itemAt(position);
        const int row = at ? at->row() : runs_->currentRow();
        if (row >= 0)
            Q_EMIT menuRequested(runs_->item(row, 0)->data(Qt::UserRole).toString(),
                                 runs_->viewport()->mapToGlobal(position));
    });
    connect(figures_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item) preview_->setFile(item->data(Qt::UserRole).toString());
    });
}

QStringList StudyView::selectedFolders() const {
    QModelIndexList rows = runs_->selectionModel()->selectedRows(0);
    std::ranges::sort(rows, {}, &QModelIndex::row);
    QStringList folders;
    for (const QModelIndex& row : rows) folders << row.data(Qt::UserRole).toString();
    return folders;
}

void StudyView::setStudy(const StudyFolder& study) {
    runs_->setRowCount(static_cast<int>(study.runs.size()));
    for (int row = 0; row < runs_->rowCount(); ++row) {
        const StudyRun& run = study.runs[static_cast<std::size_t>(row)];
        const bool model = run.kind == FolderKind::Checkpoint;
        const QString icon = model                                ? QStringLiteral("finetune")
                             : run.kind == FolderKind::WeightMask ? QStringLiteral("magnitude")
                                                                  : QStringLiteral("mask-search");
        auto* name = new QTableWidgetItem(themedIcon(icon), model ? tr("Model") : tr("Mask"));
        name->setData(Qt::UserRole, textFromPath(run.folder));
        name->setToolTip(textFromPath(run.folder));
        runs_->setItem(row, 0, name);
        runs_->setItem(row, 1, new QTableWidgetItem(run.setting));
        runs_->setItem(row, 2, new QTableWidgetItem(run.task));
        runs_->setItem(row, 3, new QTableWidgetItem(run.seed));
    }
    runs_->resizeColumnsToContents();
    figures_->clear();
    for (const std::filesystem::path& file : study.figures) {
        auto* item = new QListWidgetItem(themedIcon(QStringLiteral("figure")), textFromPath(file.stem()), figures_);
        item->setData(Qt::UserRole, textFromPath(file));
        item->setToolTip(textFromPath(file));
    }
    figures_->setCurrentRow(0);
    figurePane_->setVisible(figures_->count() > 0);
    summary_->setText(tr("%1 runs, %2 figures. A double click opens a run, a right click goes on from it.")
                          .arg(runs_->rowCount())
                          .arg(figures_->count()));
}

}  // namespace lottery::gui
