// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/results_view.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/analysis/result_bars.h"
#include "resources/themed_icon.h"
#include "widgets/analysis/check_menu.h"
#include "widgets/analysis/refill_box.h"
#include "widgets/figures/bar_chart_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/results/copy_scores.h"
#include "widgets/results/results_model.h"
#include "widgets/results/warning_label.h"

namespace lottery::gui {

namespace {

constexpr int kNarrow = 1450;  // pixels, below which the bars stand under the table
constexpr int kWarningsShown = 2;

QString textOf(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

QString counted(qsizetype number, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(number).arg(number == 1 ? one : many);
}

}  // namespace

struct ResultsView::Parts {
    ResultsView* view = nullptr;
    ResultsModel* model = nullptr;
    ResultsProxy* proxy = nullptr;
    QString title;
    std::map<std::string, std::string> provenance;
    QStringList known;              // tasks to choose from
    int arrived = 0, expected = 0;  // of an evaluation that is going on

    QStackedWidget* pages = nullptr;
    QLabel *placeholder = nullptr, *heading = nullptr, *status = nullptr;
    WarningLabel* warning = nullptr;
    CheckMenu* task_menu = nullptr;
    QComboBox* family = nullptr;
    QTableView* table = nullptr;
    BarChartView* chart = nullptr;
    FigureExportButton* exporting = nullptr;
    QSplitter* splitter = nullptr;
    QMenu* copy_menu = nullptr;
    QAction* open = nullptr;

    [[nodiscard]] std::vector<TaskId> chosenTasks() const {
        std::vector<TaskId> chosen;
        for (const QString& name : task_menu->checked())
            if (const auto id = parse_task(name.toStdString())) chosen.push_back(*id);
        return chosen;
    }
    [[nodiscard]] ExperimentFamily chosenFamily() const {
        return static_cast<ExperimentFamily>(family->currentData().toInt());
    }

    void updateChoices() {
        QStringList names;
        for (const TaskId id : model->tasks()) names << textOf(task_info(id).name);
        if (names != known) task_menu->setItems(known = names);
        QList<std::pair<QString, QVariant>> families;
        for (const auto value : {ExperimentFamily::Structured, ExperimentFamily::Super, ExperimentFamily::Magnitude})
            if (has_family(model->results(), value))
                families.emplace_back(textOf(family_title(value)), static_cast<int>(value));
        if (families.empty())
            families.emplace_back(textOf(family_title(ExperimentFamily::Structured)),
                                  static_cast<int>(ExperimentFamily::Structured));
        refillBox(family, families);
        proxy->setTasks(chosenTasks());
    }

    void updateChart() { chart->setContent(result_bars(model->results(), chosenFamily(), chosenTasks())); }

    void updateWarning() {
        const QStringList all = degenerateModels(model->rows(), chosenTasks());
        if (all.isEmpty()) return warning->setText({});
        QString text = counted(all.size(), tr("model predicts"), tr("models predict")) + ' ' + tr("one class only:") +
                       ' ' + all.mid(0, kWarningsShown).join("; ");
        if (all.size() > kWarningsShown) text += "; " + tr("and %1 more").arg(all.size() - kWarningsShown);
        warning->setText(text + '.');
        warning->setToolTip(all.join('\n'));
    }

    void updateStatus() {
        QString text = counted(static_cast<qsizetype>(model->results().size()), tr("experiment"), tr("experiments")) +
                       ", " + counted(static_cast<qsizetype>(model->tasks().size()), tr("task"), tr("tasks"));
        if (arrived < expected) text = tr("Score %1 of %2").arg(arrived).arg(expected) + QStringLiteral("  ·  ") + text;
        status->setText(text);
    }

    void updateExport() {
        if (model->rows().empty()) {
            exporting->setFigure({}, nullptr);
            return;
        }
        exporting->setFigure(fileNameOf(title + tr(" results")), [this](const FigureRequest& request) {
            BarContent content = result_bars(model->results(), chosenFamily(), chosenTasks());
            if (!request.title)
                content.title.clear();
            else if (!title.isEmpty())
                content.title = title.toStdString() + ": " + content.title;
            // Three panels need two columns of a paper.
            if (request.style.width_mm < 1.5 * one_column_mm) content.columns = std::min(content.columns, 2);
            return bar_figure(content, request.style);
        });
        FigureMetadata metadata = provenance;
        metadata.emplace("title", (title.isEmpty() ? QString() : title + ": ").toStdString() +
                                      std::string(family_title(chosenFamily())));
        exporting->setMetadata(metadata);
    }

    void updateAll() {
        updateChoices();
        pages->setCurrentIndex(model->rows().empty() ? 0 : 1);
        copy_menu->setEnabled(!model->rows().empty());
        updateChart();
        updateWarning();
        updateStatus();
        updateExport();
        markBar();
    }

    // The bar of the current row, if its family is shown.
    void markBar() {
        const QModelIndex at = table->currentIndex();
        std::optional<BarId> bar;
        if (at.isValid()) {
            const auto experiments = bar_experiments(model->results(), chosenFamily());
            const auto tasks = bar_tasks(model->results(), chosenFamily(), chosenTasks());
            const auto name = at.data(ResultsModel::ExperimentRole).toString().toStdString();
            const auto series = std::ranges::find(experiments, name);
            const auto group = std::ranges::find(tasks, static_cast<TaskId>(at.data(ResultsModel::TaskRole).toInt()));
            if (series != experiments.end() && group != tasks.end())
                bar = BarId{static_cast<int>(group - tasks.begin()), static_cast<int>(series - experiments.begin())};
        }
        chart->setSelected(bar);
    }

    [[nodiscard]] int rowOf(const BarId& bar) const {
        const auto experiments = bar_experiments(model->results(), chosenFamily());
        const auto tasks = bar_tasks(model->results(), chosenFamily(), chosenTasks());
        return model->rowOf(experiments[static_cast<std::size_t>(bar.series)],
                            tasks[static_cast<std::size_t>(bar.group)]);
    }

    void showRow(const BarId& bar) {
        const QModelIndex at = proxy->mapFromSource(model->index(rowOf(bar), 0));
        table->setCurrentIndex(at);
        table->scrollTo(at);
    }

    void activate(const QModelIndex& at) const {
        if (!at.isValid()) return;
        Q_EMIT view->experimentActivated(at.data(ResultsModel::ExperimentRole).toString(),
                                         static_cast<TaskId>(at.data(ResultsModel::TaskRole).toInt()));
    }

    void makeTable(QWidget* parent);
    QMenu* makeCopyMenu(QWidget* parent);

    static QString tr(const char* text) { return ResultsView::tr(text); }
};

void ResultsView::Parts::makeTable(QWidget* parent) {
    table = new QTableView(parent);
    table->setObjectName("resultsTable");
    table->setAccessibleName(tr("Scores"));
    table->setModel(proxy);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setFrameShape(QFrame::NoFrame);
    table->setWordWrap(false);
    table->setContextMenuPolicy(Qt::CustomContextMenu);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 10);
    QHeaderView* header = table->horizontalHeader();
    header->setHighlightSections(false);
    header->setMaximumSectionSize(table->fontMetrics().averageCharWidth() * 28);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    // Until a header is clicked, rows stand as the study lists them.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    table->setSortingEnabled(true);
    proxy->sort(-1);
}

QMenu* ResultsView::Parts::makeCopyMenu(QWidget* parent) {
    auto* menu = new QMenu(tr("Copy table as"), parent);
    menu->setIcon(themedIcon("copy"));
    for (const TableFormat format : all_table_formats) {
        QAction* action = menu->addAction(tableFormatName(format));
        action->setObjectName("copy-" + tableFormatName(format).toLower());
        connect(action, &QAction::triggered, view, [this, format] {
            QGuiApplication::clipboard()->setText(scoresAs(format, model->results(), chosenTasks()));
        });
    }
    return menu;
}

ResultsView::ResultsView(QWidget* parent) : QWidget(parent), parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.view = this;
    p.model = new ResultsModel(this);
    p.proxy = new ResultsProxy(this);
    p.proxy->setSourceModel(p.model);

    p.placeholder = new QLabel(this);
    p.placeholder->setObjectName("placeholder");
    p.placeholder->setAlignment(Qt::AlignCenter);
    p.placeholder->setWordWrap(true);
    p.placeholder->setForegroundRole(QPalette::PlaceholderText);
    p.placeholder->setMargin(24);

    p.heading = new QLabel(this);
    p.heading->setObjectName("heading");
    p.heading->setTextInteractionFlags(Qt::TextSelectableByMouse);
    p.heading->hide();
    p.task_menu = new CheckMenu(tr("all tasks"), this);
    p.task_menu->setObjectName("tasks");
    p.task_menu->setAccessibleName(tr("Tasks"));
    p.family = new QComboBox(this);
    p.family->setObjectName("family");
    p.family->setAccessibleName(tr("Subnetworks that are drawn"));
    p.family->setToolTip(tr("Subnetworks that are drawn"));
    p.status = new QLabel(this);
    p.status->setObjectName("status");
    p.status->setForegroundRole(QPalette::PlaceholderText);

    p.warning = new WarningLabel(this);
    p.warning->setObjectName("warning");

    p.makeTable(this);
    p.chart = new BarChartView(this);
    p.chart->setDetails([this](const BarId& bar) { return parts_->model->remarksOn(parts_->rowOf(bar)).join('\n'); });
    p.exporting = new FigureExportButton(tr("bars"), this);
    p.exporting->setObjectName("exportBars");
    p.copy_menu = p.makeCopyMenu(this);
    auto* copying = new QToolButton(this);
    copying->setObjectName("copyAs");
    copying->setText(tr("Copy as"));
    copying->setIcon(themedIcon("copy"));
    copying->setToolTip(tr("Copy the table: experiments down, tasks across"));
    copying->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copying->setPopupMode(QToolButton::InstantPopup);
    copying->setAutoRaise(true);
    copying->setMenu(p.copy_menu);
    p.open = new QAction(tr("Show runs"), this);
    p.open->setObjectName("showRuns");
    auto* copyRows = new QAction(tr("Copy rows"), p.table);
    copyRows->setObjectName("copyRows");
    copyRows->setShortcut(QKeySequence::Copy);
    copyRows->setShortcutContext(Qt::WidgetShortcut);
    p.table->addAction(copyRows);

    p.splitter = new QSplitter(Qt::Horizontal, this);
    p.splitter->addWidget(toolPane({p.task_menu, p.status}, {copying}, p.table, this));
    p.splitter->addWidget(toolPane({p.family}, {p.exporting}, p.chart, this));
    p.splitter->setStretchFactor(0, 3);
    p.splitter->setStretchFactor(1, 2);
    p.splitter->setChildrenCollapsible(false);
    p.splitter->setHandleWidth(10);

    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(p.warning);
    column->addWidget(p.splitter, 1);
    p.pages = new QStackedWidget(this);
    p.pages->addWidget(p.placeholder);
    p.pages->addWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(p.heading);
    layout->addWidget(p.pages, 1);

    connect(p.task_menu, &CheckMenu::checkedChanged, this, [this] {
        parts_->updateAll();
        Q_EMIT tasksChosen(tasks());
    });
    connect(p.family, &QComboBox::currentIndexChanged, this, [this] { parts_->updateAll(); });
    connect(p.table, &QTableView::activated, this, [this](const QModelIndex& at) { parts_->activate(at); });
    connect(p.table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { parts_->markBar(); });
    connect(p.table, &QTableView::customContextMenuRequested, this, [this, copyRows](const QPoint& at) {
        parts_->open->setEnabled(parts_->table->currentIndex().isValid());
        QMenu menu(this);
        menu.addAction(parts_->open);
        menu.addSeparator();
        menu.addAction(copyRows);
        menu.addMenu(parts_->copy_menu);
        menu.exec(parts_->table->viewport()->mapToGlobal(at));
    });
    connect(p.open, &QAction::triggered, this, [this] { parts_->activate(parts_->table->currentIndex()); });
    connect(copyRows, &QAction::triggered, this, [this] {
        const QString text = selectedRowsAsText(*parts_->table);
        if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
    });
    connect(p.chart, &BarChartView::barSelected, this, [this](const BarId& bar) { parts_->showRow(bar); });
    connect(p.chart, &BarChartView::barActivated, this, [this](const BarId& bar) {
        parts_->showRow(bar);
        parts_->activate(parts_->table->currentIndex());
    });
    setPlaceholder(
        tr("No scores yet.\n\nEvaluate the study to compare its full models, its subnetworks and their controls: they "
           "appear here one by one, as soon as each is scored."));
    makeBold(p.heading);
    clear();
}

ResultsView::~ResultsView() = default;

void ResultsView::clear() {
    parts_->arrived = parts_->expected = 0;
    parts_->model->clear();
    parts_->updateAll();
}

void ResultsView::setTitle(const QString& title) {
    parts_->title = title;
    parts_->heading->setText(title);
    parts_->heading->setVisible(!title.isEmpty());
    parts_->updateExport();
}

void ResultsView::setProvenance(const std::map<std::string, std::string>& provenance) {
    parts_->provenance = provenance;
    parts_->updateExport();
}

void ResultsView::setPlaceholder(const QString& text) { parts_->placeholder->setText(text); }

void ResultsView::setResults(const std::vector<ExperimentResults>& results) {
    parts_->arrived = parts_->expected = 0;
    parts_->model->setResults(results);
    parts_->updateAll();
}

void ResultsView::addScore(const StudyScore& score) {
    parts_->arrived = score.index + 1;
    parts_->expected = score.count;
    parts_->model->addScore(score);
    parts_->updateAll();
}

ResultsModel* ResultsView::model() const { return parts_->model; }

void ResultsView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) makeBold(parts_->heading);
    QWidget::changeEvent(event);
}

void ResultsView::resizeEvent(QResizeEvent* event) {
    const Qt::Orientation orientation = width() < kNarrow ? Qt::Vertical : Qt::Horizontal;
    if (parts_->splitter->orientation() != orientation || event->oldSize().isEmpty()) {
        parts_->splitter->setOrientation(orientation);
        parts_->splitter->setSizes(orientation == Qt::Vertical ? QList<int>{400, 400}
                                                               : QList<int>{width() * 13 / 20, width() * 7 / 20});
    }
    QWidget::resizeEvent(event);
}

void ResultsView::setTasks(const QStringList& tasks) {
    {
        const QSignalBlocker quiet(parts_->task_menu);
        parts_->task_menu->setChecked(tasks);
    }
    parts_->updateAll();
}

QStringList ResultsView::tasks() const { return parts_->task_menu->checked(); }

}  // namespace lottery::gui
