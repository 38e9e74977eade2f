// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/component_inspector.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

QString numberText(double value) { return std::isnan(value) ? QStringLiteral("–") : QString::number(value, 'f', 4); }

QTableWidgetItem* cell(const QString& text) {
    auto* item = new QTableWidgetItem(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

}  // namespace

ImportanceSparkline::ImportanceSparkline(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Importance over the search steps"));
}

void ImportanceSparkline::setHistory(const ComponentHistory& history) {
    history_ = history;
    update();
}

QSize ImportanceSparkline::sizeHint() const { return {220, 96}; }

void ImportanceSparkline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ink = palette().color(QPalette::Text);
    QColor faint = ink;
    faint.setAlphaF(0.25F);
    float top = 0.0F;
    for (const ComponentAtStep& at : history_.steps) {
        if (std::isfinite(at.importance)) top = std::max(top, at.importance);
    }
    const QFontMetrics metrics = fontMetrics();
    const QString topText = QString::number(static_cast<double>(top), 'g', 2);
    const QRectF plot = QRectF(rect()).adjusted(metrics.horizontalAdvance(topText) + 8, 6, -8, -metrics.height() - 4);
    painter.setPen(faint);
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    painter.drawLine(plot.topLeft(), plot.bottomLeft());
    if (history_.steps.empty() || top <= 0.0F) return;

    painter.setPen(ink);
    painter.drawText(QRectF(0, plot.top() - metrics.height() / 2.0, plot.left() - 5, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, topText);
    painter.drawText(QRectF(0, plot.bottom() - metrics.height() / 2.0, plot.left() - 5, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("0"));
    const int last = std::max(1, history_.steps.back().step);
    const QRectF axis(plot.left(), plot.bottom() + 2, plot.width(), metrics.height());
    painter.drawText(axis, Qt::AlignLeft | Qt::AlignTop, QStringLiteral("0"));
    painter.drawText(axis, Qt::AlignHCenter | Qt::AlignTop, tr("step"));
    painter.drawText(axis, Qt::AlignRight | Qt::AlignTop, QString::number(last));

    const auto place = [&](const ComponentAtStep& at) {
        return QPointF(plot.left() + plot.width() * at.step / last,
                       plot.bottom() - plot.height() * static_cast<double>(at.importance / top));
    };
    const QColor line = palette().color(QPalette::Highlight);
    QPainterPath path;
    bool open = false;
    for (const ComponentAtStep& at : history_.steps) {
        if (!std::isfinite(at.importance)) {
            open = false;
            continue;
        }
        if (open)
            path.lineTo(place(at));
        else
            path.moveTo(place(at));
        open = true;
    }
    painter.setPen(QPen(line, 1.5));
    painter.drawPath(path);
    for (const ComponentAtStep& at : history_.steps) {
        if (!std::isfinite(at.importance)) continue;
        const QPointF point = place(at);
        painter.setPen(QPen(line, 1.3));
        painter.setBrush(at.kept ? line : palette().color(QPalette::Window));
        painter.drawEllipse(point, 2.8, 2.8);
        if (!at.accepted) {
            painter.setPen(QPen(ink, 1.0));
            painter.drawLine(point + QPointF(-4, -4), point + QPointF(4, 4));
        }
    }
}

static QTableWidget* makeTable(const QStringList& columns) {
    auto* table = new QTableWidget;
    table->setColumnCount(static_cast<int>(columns.size()));
    table->setHorizontalHeaderLabels(columns);
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
    return table;
}

ComponentInspector::ComponentInspector(QWidget* parent) : QWidget(parent) {
    auto* empty = new QLabel(tr("Click a head or an MLP to see what is known of it."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    empty->setContentsMargins(16, 16, 16, 16);

    name_ = new QLabel;
    name_->setObjectName(QStringLiteral("component"));
    QFont large = name_->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    name_->setFont(large);
    run_ = new QLabel;
    run_->setWordWrap(true);
    run_->setForegroundRole(QPalette::PlaceholderText);
    state_ = new QLabel;
    state_->setObjectName(QStringLiteral("componentState"));
    state_->setWordWrap(true);
    now_ = new QLabel;
    now_->setWordWrap(true);
    title_ = new QLabel(tr("Importance"));
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    plot_ = new ImportanceSparkline;
    table_ = makeTable({tr("Step"), tr("Phase"), tr("Score"), tr("Importance"), tr("Rank")});
    table_->setAccessibleName(tr("History of the selected component"));
    table_->horizontalHeaderItem(3)->setToolTip(tr("Normalised as in the search"));
    table_->horizontalHeaderItem(4)->setToolTip(tr("Among those kept at the step; 1 is the most important"));
    facts_ = makeTable({tr("Task"), tr("Kept in"), tr("Importance"), tr("Rank"), tr("Weights")});
    facts_->setObjectName(QStringLiteral("componentFacts"));
    facts_->setAccessibleName(tr("The selected component in each task"));
    facts_->horizontalHeaderItem(1)->setToolTip(tr("Seeds whose mask keeps it, of all seeds"));
    facts_->horizontalHeaderItem(2)->setToolTip(tr("In the full model, mean over seeds"));
    facts_->horizontalHeaderItem(3)->setToolTip(tr("Of that importance, mean over seeds; 1 is the most important"));
    facts_->horizontalHeaderItem(4)->setToolTip(tr("By magnitude pruning, mean over seeds"));

    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(10, 10, 10, 4);
    layout->addWidget(name_);
    layout->addWidget(run_);
    layout->addSpacing(4);
    layout->addWidget(state_);
    layout->addWidget(now_);
    layout->addSpacing(6);
    layout->addWidget(title_);
    layout->addWidget(plot_);
    layout->addWidget(table_, 1);
    layout->addWidget(facts_, 1);
    pages_ = new QStackedWidget;
    pages_->addWidget(empty);
    pages_->addWidget(content);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(pages_);
}

void ComponentInspector::clear() { pages_->setCurrentIndex(0); }

QString ComponentInspector::headline() const { return pages_->currentIndex() == 0 ? QString() : name_->text(); }
QString ComponentInspector::state() const { return pages_->currentIndex() == 0 ? QString() : state_->text(); }

void ComponentInspector::showHistory(const ComponentHistory& history, const QString& run) {
    if (history.steps.empty()) {
        clear();
        return;
    }
    QString state = tr("Kept so far, through step %1.").arg(history.steps.back().step);
    if (history.maskedInStep)
        state = tr("Masked in step %1 (phase %2).")
                    .arg(*history.maskedInStep)
                    .arg(std::find_if(history.steps.begin(), history.steps.end(), [&](const ComponentAtStep& at) {
                             return at.step == *history.maskedInStep;
                         })->phase);
    begin(history.component, run, state, true);
    const ComponentAtStep& first = history.steps.front();
    const QString rank = first.rank ? tr("%1 of %2").arg(*first.rank).arg(first.among) : QStringLiteral("–");
    now_->setText(
        tr("In the full model: importance %1, rank %2.").arg(numberText(static_cast<double>(first.importance)), rank));
    plot_->setHistory(history);

    table_->setRowCount(static_cast<int>(history.steps.size()));
    for (int row = 0; row < table_->rowCount(); ++row) {
        const ComponentAtStep& at = history.steps[static_cast<std::size_t>(row)];
        table_->setItem(row, 0, cell(QString::number(at.step)));
        auto* phase = cell(at.phase);
        phase->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        phase->setToolTip(at.accepted ? tr("The step’s masks were kept") : tr("The step fell below the threshold"));
        table_->setItem(row, 1, phase);
        table_->setItem(row, 2, cell(numberText(at.score)));
        table_->setItem(row, 3, cell(numberText(static_cast<double>(at.importance))));
        table_->setItem(row, 4,
                        cell(!at.kept  ? tr("masked")
                             : at.rank ? QStringLiteral("%1/%2").arg(*at.rank).arg(at.among)
                                       : QStringLiteral("–")));
    }
    pages_->setCurrentIndex(1);
}

// The page's upper part; below it a search's history, or what a study says.
void ComponentInspector::begin(const Component& component, const QString& where, const QString& state, bool history) {
    name_->setText(componentName(component));
    run_->setText(where);
    state_->setText(state);
    title_->setText(history ? tr("Importance") : tr("Task by task"));
    now_->setVisible(history);
    plot_->setVisible(history);
    table_->setVisible(history);
    facts_->setVisible(!history);
}

void ComponentInspector::showFacts(const ComponentFacts& facts, const QString& study) {
    if (facts.tasks.empty()) {
        clear();
        return;
    }
    QString state;
    if (facts.survived) {
        state = tr("Survives in %1 of %2 tasks")
                    .arg(facts.survived->mean, 0, 'f', 1)
                    .arg(std::ranges::count_if(facts.tasks, [](const auto& task) { return task.seeds > 0; }));
        if (facts.survived->deviation) state += tr(" (± %1 over seeds)").arg(*facts.survived->deviation, 0, 'f', 1);
        state += QLatin1Char('.');
    }
    begin(facts.component, tr("%1, %2").arg(study, QString::fromStdString(facts.setting)), state, false);
    const auto number = [](const std::optional<double>& value, int digits) {
        return value ? QString::number(*value, 'f', digits) : QStringLiteral("–");
    };
    facts_->setRowCount(static_cast<int>(facts.tasks.size()));
    for (int row = 0; row < facts_->rowCount(); ++row) {
        const TaskComponentFacts& task = facts.tasks[static_cast<std::size_t>(row)];
        auto* name = cell(QString::fromStdString(std::string(task_info(task.task).name)));
        name->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        facts_->setItem(row, 0, name);
        facts_->setItem(row, 1,
                        cell(task.seeds > 0 ? tr("%1 of %2").arg(task.kept).arg(task.seeds) : QStringLiteral("–")));
        facts_->setItem(row, 2, cell(number(task.importance, 3)));
        facts_->setItem(
            row, 3, cell(task.rank ? tr("%1 of %2").arg(*task.rank, 0, 'f', 1).arg(task.ranked) : QStringLiteral("–")));
        facts_->setItem(
            row, 4,
            cell(task.weights_share ? tr("%1 %").arg(100.0 * *task.weights_share, 0, 'f', 0) : QStringLiteral("–")));
    }
    pages_->setCurrentIndex(1);
}

}  // namespace lottery::gui
