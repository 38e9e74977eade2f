// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/analysis/analysis_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QListWidget>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "resources/themed_icon.h"
#include "widgets/analysis/check_menu.h"
#include "widgets/analysis/refill_box.h"
#include "widgets/analysis/tables_view.h"
#include "widgets/figures/bar_chart_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_view.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString text(std::string_view view) { return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size())); }

QString familyName(ExperimentFamily family) {
    switch (family) {
        case ExperimentFamily::Super:
            return AnalysisView::tr("masks of all seeds");
        case ExperimentFamily::Magnitude:
            return AnalysisView::tr("magnitude pruning");
        default:
            return AnalysisView::tr("heads and MLPs");
    }
}

QString cellText(const MatrixPicture& picture, Point point, const FigureStyle& style) {
    MatrixOptions options = picture.options;
    options.title.clear();
    const auto cell = matrix_cell_at(layout_matrix(picture.content, options, style), point);
    if (!cell) return {};
    const auto row = static_cast<std::size_t>(cell->first), column = static_cast<std::size_t>(cell->second);
    const double value = picture.content.values[row][column];
    QString line = QStringLiteral("%1, %2\n%3 ")
                       .arg(text(picture.content.names[row]), text(picture.content.names[column]),
                            text(picture.content.value_label));
    if (!std::isfinite(value)) return line + AnalysisView::tr("undefined");
    line += QString::number(value, 'f', 3);
    if (!picture.content.deviations.empty() && std::isfinite(picture.content.deviations[row][column]))
        line += QStringLiteral(" ± %1").arg(picture.content.deviations[row][column], 0, 'f', 3);
    return line;
}

}  // namespace

AnalysisView::AnalysisView(QWidget* parent) : QWidget(parent) {
    list_ = new QListWidget;
    list_->setObjectName(QStringLiteral("figures"));
    list_->setAccessibleName(tr("Figures"));
    for (const StudyFigureInfo& figure : all_study_figures()) {
        auto* item = new QListWidgetItem(text(figure.title), list_);
        item->setToolTip(text(figure.description));
        item->setData(Qt::UserRole, static_cast<int>(figure.kind));
    }
    list_->setCurrentRow(0);
    heatmap_ = new MaskHeatmapView;
    figure_ = new FigureView;
    bars_ = new BarChartView;
    tables_ = new TablesView;
    form_ = new QTabBar;
    form_->addTab(tr("Figure"));
    form_->addTab(tr("Tables"));
    form_->setDrawBase(false);
    form_->setAccessibleName(tr("Figure or tables"));
    connect(form_, &QTabBar::currentChanged, this, &AnalysisView::ask);
    message_ = new QLabel;
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    message_->setMargin(24);
    pages_ = new QStackedWidget;
    for (QWidget* page : std::initializer_list<QWidget*>{message_, heatmap_, figure_, bars_, tables_})
        pages_->addWidget(page);
    export_ = new FigureExportButton(tr("figure"));
    copy_ = new QToolButton;
    copy_->setIcon(themedIcon("copy"));
    copy_->setText(tr("Copy command"));
    copy_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy_->setAutoRaise(true);
    copy_->setEnabled(false);
    connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(command_); });
    description_ = new QLabel;
    description_->setWordWrap(true);
    description_->setForegroundRole(QPalette::PlaceholderText);

    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(list_, 1);
    column->addWidget(description_);
    column->addWidget(makeChoices());
    auto* splitter = new QSplitter;
    splitter->addWidget(left);
    splitter->addWidget(toolPane({form_}, {copy_, export_}, pages_, this));
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({240, 700});
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(splitter);

    connect(list_, &QListWidget::currentRowChanged, this, [this] {
        fillChoices();
        ask();
    });
    connect(heatmap_, &MaskHeatmapView::componentSelected, this, [this](Component component) {
        selected_ = component;
        Q_EMIT componentSelected(component);
    });
    fillChoices();
    message_->setText(tr("Nothing has been read yet."));
}

QWidget* AnalysisView::makeChoices() {
    auto* choices = new QWidget;
    auto* form = new QFormLayout(choices);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto box = [&](const QString& name, const char* object) {
        auto* combo = new QComboBox;
        combo->setObjectName(QLatin1String(object));
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(10);
        auto* label = new QLabel(name);
        label->setBuddy(combo);
        form->addRow(label, combo);
        rows_.emplace_back(label, combo);
        connect(combo, &QComboBox::currentIndexChanged, this, &AnalysisView::ask);
        return combo;
    };
    setting_ = box(tr("&Setting"), "setting");
    compare_ = box(tr("&Minus"), "compare");
    components_ = box(tr("&Of"), "components");
    family_ = box(tr("&Of"), "family");
    task_ = box(tr("&Task"), "task");
    const auto menu = [&](const QString& name, const QString& all) {
        auto* button = new CheckMenu(all);
        auto* label = new QLabel(name);
        label->setBuddy(button);
        form->addRow(label, button);
        rows_.emplace_back(label, button);
        connect(button, &CheckMenu::checkedChanged, this, [this] {
            ask();
            Q_EMIT brushed(brush());
        });
        return button;
    };
    tasks_ = menu(tr("&Tasks"), tr("all tasks"));
    seeds_ = menu(tr("Se&eds"), tr("all seeds"));
    numbers_ = new QCheckBox(tr("&Numbers in cells"));
    numbers_->setChecked(true);
    connect(numbers_, &QCheckBox::toggled, this, &AnalysisView::ask);
    form->addRow(numbers_);
    return choices;
}

StudyFigureKind AnalysisView::kind() const {
    const QListWidgetItem* item = list_->currentItem();
    return item ? static_cast<StudyFigureKind>(item->data(Qt::UserRole).toInt()) : StudyFigureKind::Survival;
}

void AnalysisView::fillSettings() {
    const auto of = [this](const std::map<StudyFigureKind, std::vector<std::string>>& all) {
        const auto found = all.find(kind());
        return found == all.end() ? std::vector<std::string>() : found->second;
    };
    QList<std::pair<QString, QVariant>> settings, others{{tr("nothing"), QStringList()}};
    for (const std::string& name : of(scope_.settings)) {
        settings.append({text(name), text(name)});
        others.append({text(name), QStringList{text(name)}});
    }
    for (const std::string& name : of(scope_.published_settings))
        others.append({tr("published: %1").arg(text(name)), QStringList{text(name), textFromPath(scope_.published)}});
    // The found masks first: they come before their controls in the alphabet, but after "heads".
    if (!refillBox(setting_, settings) && setting_->findData(QStringLiteral("heads_mlps")) > 0) {
        const QSignalBlocker quiet(setting_);
        setting_->setCurrentIndex(setting_->findData(QStringLiteral("heads_mlps")));
    }
    refillBox(compare_, others);
}

void AnalysisView::fillChoices() {
    const StudyFigureKind chosen = kind();
    const StudyFigureInfo& figure = info(chosen);
    description_->setText(text(figure.description));
    fillSettings();
    refillBox(components_, {{tr("heads"), 0}, {tr("MLPs"), 1}});
    QList<std::pair<QString, QVariant>> families, single;
    for (const ExperimentFamily family : scope_.families)
        families.append({familyName(family), static_cast<int>(family)});
    refillBox(family_, families);
    QStringList tasks, seeds;
    for (const TaskId task : scope_.tasks) {
        tasks << text(task_info(task).name);
        single.append({tasks.back(), static_cast<int>(task)});
    }
    for (const auto seed : scope_.seeds) seeds << QString::number(seed);
    refillBox(task_, single);
    tasks_->setItems(tasks);
    seeds_->setItems(seeds);
    const bool one_task = chosen == StudyFigureKind::TaskSurvival;
    const std::map<QWidget*, bool> visible{{setting_, figure.of_masks},
                                           {compare_, figure.comparable},
                                           {components_, figure.of_components},
                                           {family_, chosen == StudyFigureKind::Evaluation},
                                           {task_, one_task},
                                           {tasks_, !one_task},
                                           {seeds_, figure.of_masks}};
    for (const auto& [label, field] : rows_) {
        label->setVisible(visible.at(field));
        field->setVisible(visible.at(field));
    }
    numbers_->setVisible(figure.has_cells);
    form_->setTabEnabled(1, figure.has_tables);
}

void AnalysisView::setScope(const AnalysisScope& scope) {
    scope_ = scope;
    fillChoices();
    ask();
}

void AnalysisView::choose(StudyFigureKind kind) {
    for (int row = 0; row < list_->count(); ++row)
        if (list_->item(row)->data(Qt::UserRole).toInt() == static_cast<int>(kind)) list_->setCurrentRow(row);
}

Brush AnalysisView::brush() const { return {tasks_->checked(), seeds_->checked()}; }

void AnalysisView::setBrush(const Brush& brush) {
    if (brush == this->brush()) return;
    {
        const QSignalBlocker quietTasks(tasks_), quietSeeds(seeds_);
        tasks_->setChecked(brush.tasks);
        seeds_->setChecked(brush.seeds);
    }
    ask();
}

StudyFigureRequest AnalysisView::wanted() const {
    StudyFigureRequest request;
    request.study = scope_.study;
    request.kind = kind();
    const StudyFigureInfo& figure = info(request.kind);
    if (figure.of_masks) request.setting = setting_->currentData().toString().toStdString();
    // The setting, and the study where it is another one.
    if (const QStringList other = compare_->currentData().toStringList(); figure.comparable && !other.isEmpty()) {
        request.compare = other.first().toStdString();
        if (other.size() > 1) request.compare_study = pathFromText(other.at(1));
    }
    if (figure.of_components)
        request.components = components_->currentData().toInt() == 1 ? MaskedComponents::Mlps : MaskedComponents::Heads;
    if (request.kind == StudyFigureKind::Evaluation && family_->count() > 0)
        request.family = static_cast<ExperimentFamily>(family_->currentData().toInt());
    if (request.kind == StudyFigureKind::TaskSurvival) {
        if (task_->count() > 0) request.tasks = {static_cast<TaskId>(task_->currentData().toInt())};
    } else {
        for (const QString& name : tasks_->checked())
            for (const TaskId task : scope_.tasks)
                if (text(task_info(task).name) == name) request.tasks.push_back(task);
    }
    if (figure.of_masks)
        for (const QString& seed : seeds_->checked()) request.seeds.push_back(seed.toULongLong());
    request.annotate = numbers_->isChecked();
    return request;
}

void AnalysisView::ask() {
    if (scope_.study.empty()) return;
    if (wantsTables())
        Q_EMIT tablesWanted(wanted());
    else
        Q_EMIT figureWanted(wanted());
}

bool AnalysisView::wantsTables() const { return form_->currentIndex() == 1 && info(kind()).has_tables; }

void AnalysisView::showProblem(const Error& error) {
    message_->setText(QString::fromStdString(error.to_string()));
    pages_->setCurrentWidget(message_);
    export_->setFigure({}, nullptr);
    copy_->setEnabled(false);
    Q_EMIT shown();
}

void AnalysisView::setTables(const StudyFigureRequest& request, const Result<StudyTables>& tables) {
    if (!wantsTables() || !(request == wanted())) return;
    if (!tables) return showProblem(tables.error());
    tables_->setTables(*tables);
    pages_->setCurrentWidget(tables_);
    export_->setFigure({}, nullptr);
    copy_->setEnabled(false);
    Q_EMIT shown();
}

void AnalysisView::setFigure(const StudyFigureRequest& request, const Result<StudyFigure>& figure,
                             const AnalysisExport& exported) {
    if (wantsTables() || !(request == wanted())) return;
    if (!figure) return showProblem(figure.error());
    command_ = exported.command;
    copy_->setEnabled(true);
    copy_->setToolTip(exported.command);
    export_->setFigure(fileNameOf(QString::fromStdString(title_of(*figure))),
                       [drawn = *figure](const FigureRequest& wished) {
                           return draw_study_figure(drawn, wished.title, wished.style);
                       });
    export_->setMetadata(exported.metadata);
    showFigure(*figure);
    Q_EMIT shown();
}

void AnalysisView::showFigure(const StudyFigure& figure) {
    if (const auto* picture = std::get_if<HeatmapPicture>(&figure)) {
        heatmap_->setContent(picture->content, picture->options);
        heatmap_->setSelected(selected_);
        pages_->setCurrentWidget(heatmap_);
    } else if (const auto* content = std::get_if<BarContent>(&figure)) {
        bars_->setContent(*content);
        bars_->setDetails([bars = *content](const BarId& bar) {
            const BarStatistics s =
                bar_statistics(bars, static_cast<std::size_t>(bar.group), static_cast<std::size_t>(bar.series));
            if (!s.population) return QString();
            return tr("± %1 is the population standard deviation (ddof 0): the single seeds are not known")
                .arg(s.deviation, 0, 'f', 3);
        });
        pages_->setCurrentWidget(bars_);
    } else {
        FigureView::ToolTip toolTip;
        if (const auto* matrix = std::get_if<MatrixPicture>(&figure))
            toolTip = [picture = *matrix](Point point, const FigureStyle& style) {
                return cellText(picture, point, style);
            };
        figure_->setFigure([figure](const FigureStyle& style) { return draw_study_figure(figure, false, style); },
                           std::move(toolTip));
        pages_->setCurrentWidget(figure_);
    }
}

void AnalysisView::setSelected(std::optional<Component> component) {
    selected_ = component;
    heatmap_->setSelected(component);
}

QWidget* AnalysisView::shownView() const { return pages_->currentWidget(); }

}  // namespace lottery::gui
