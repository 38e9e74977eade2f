// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/copy_scores.h"

#include <QItemSelectionModel>
#include <QTableView>
#include <algorithm>
#include <functional>

#include "core/analysis/results_table.h"
#include "core/figures/writers.h"

namespace lottery::gui {

QString tableFormatName(TableFormat format) {
    switch (format) {
        case TableFormat::Text:
            return QObject::tr("Text");
        case TableFormat::Markdown:
            return QStringLiteral("Markdown");
        case TableFormat::Latex:
            return QStringLiteral("LaTeX");
        case TableFormat::Csv:
            return QStringLiteral("CSV");
    }
    return {};
}

QString scoresAs(TableFormat format, const std::vector<ExperimentResults>& results, const std::vector<TaskId>& tasks) {
    const ScoreTable scores = score_table(results, tasks);
    switch (format) {
        case TableFormat::Text:
            return QString::fromStdString(text_of(scores));
        case TableFormat::Markdown:
            return QString::fromStdString(markdown_of(scores));
        case TableFormat::Latex:
            return QString::fromStdString(latex_of(scores));
        case TableFormat::Csv:
            return QString::fromStdString(csv_of(data_of(scores)));
    }
    return {};
}

QString selectedRowsAsText(const QTableView& table) {
    QModelIndexList rows = table.selectionModel()->selectedRows();
    if (rows.isEmpty()) return {};
    std::ranges::sort(rows, {}, &QModelIndex::row);
    const int columns = table.model()->columnCount();
    const auto line = [columns](const std::function<QString(int)>& cell) {
        QStringList cells;
        for (int c = 0; c < columns; ++c) cells << cell(c);
        return cells.join('\t') + '\n';
    };
    QString text =
        line([&](int c) { return table.model()->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString(); });
    for (const QModelIndex& row : rows) text += line([&](int c) { return row.siblingAtColumn(c).data().toString(); });
    return text;
}

}  // namespace lottery::gui
