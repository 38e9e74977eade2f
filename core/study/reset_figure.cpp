// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reset_figure.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/figures/bar_figure.h"
#include "core/figures/heatmap.h"

namespace lottery {
namespace {

std::string title_of(const ResetRequest& request) {
    const std::string task(task_info(*request.task).name);
    switch (request.how) {
        case ResetHow::Reinitialise:
            return task + ": weights re-initialised";
        case ResetHow::Pretrained:
            return task + ": weights reverted to pre-trained ones";
        case ResetHow::Zero:
            return task + ": weights zeroed";
    }
    return task;
}

std::string layers_text(const ResetPoint& point, int base) {
    std::string text;
    for (const int layer : point.parts.layers) text += (text.empty() ? "" : "+") + std::to_string(layer + base);
    return text;
}

std::string parts_text(const ResetPoint& point) { return describe({point.parts.parts, {}}); }

DataTable table_of(const ResetReport& report) {
    DataTable table;
    table.columns = {"parts", "layers", "weights"};
    for (const auto& [name, value] : *report.metrics_before) table.columns.push_back(name);
    const auto add = [&](const std::string& parts, const std::string& layers, std::int64_t weights,
                         const Metrics& metrics) {
        std::vector<DataCell> row{parts, layers, weights};
        for (const auto& [name, value] : metrics) row.emplace_back(value);
        table.rows.push_back(std::move(row));
    };
    add("none", "", 0, *report.metrics_before);
    for (const auto& point : report.points)
        add(parts_text(point), layers_text(point, 1), point.weights, *point.metrics);
    return table;
}

Figure pairs_figure(const ResetReport& report, const ResetRequest& request, const std::string& metric) {
    int layers = 0;
    for (const auto& point : report.points) layers = std::max(layers, point.parts.layers.back() + 1);
    HeatmapContent content;
    content.values.heads = HeadMatrix(layers, layers, std::numeric_limits<float>::quiet_NaN());
    for (const auto& point : report.points)
        content.values.heads.at(point.parts.layers.back(), point.parts.layers.front()) =
            static_cast<float>(point.metrics->at(metric));
    HeatmapOptions options;
    options.title = title_of(request);
    options.column_label = "Layer";
    options.value_label = metric_name(metric);
    return heatmap(content, options, {});
}

Figure bars_figure(const ResetReport& report, const ResetRequest& request, const std::string& metric) {
    BarContent content;
    content.series = {"reset: " + (*request.series == ResetSeries::Parts ? std::string("each part alone")
                                                                         : describe({request.parts.parts, {}}))};
    content.value_label = metric_name(metric);
    content.title = title_of(request);
    content.groups.push_back({"none", {{report.metrics_before->at(metric)}}});
    for (const auto& point : report.points)
        content.groups.push_back({*request.series == ResetSeries::Parts ? parts_text(point) : layers_text(point, 1),
                                  {{point.metrics->at(metric)}}});
    FigureStyle style;
    style.width_mm = two_columns_mm;
    return bar_figure(content, style);
}

}  // namespace

Status write_reset_figure(const std::filesystem::path& folder, const ResetReport& report, const ResetRequest& request,
                          FigureMetadata metadata) {
    const std::string metric(task_info(*request.task).search_metric);
    metadata["title"] = title_of(request);
    const auto figure = *request.series == ResetSeries::LayerPairs ? pairs_figure(report, request, metric)
                                                                   : bars_figure(report, request, metric);
    LOTTERY_CHECK(write_svg(folder / "series.svg", figure.scene, metadata));
    return write_csv(folder / "series.csv", table_of(report));
}

}  // namespace lottery
