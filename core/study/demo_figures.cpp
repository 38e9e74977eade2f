// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo_figures.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "core/figures/bar_figure.h"
#include "core/figures/heatmap.h"
#include "core/figures/search_figure.h"
#include "core/figures/writers.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

class Writer {
public:
    Writer(fs::path folder, const FigureMetadata& metadata) : folder_(std::move(folder)), metadata_(metadata) {}

    Status write(const std::string& name, const std::string& title, const Figure& figure) {
        FigureMetadata metadata = metadata_;
        metadata["title"] = title;
        files_.push_back(folder_ / (name + ".svg"));
        LOTTERY_CHECK(write_figure(files_.back(), figure, metadata));
        return ok();
    }
    std::vector<fs::path> take() { return std::move(files_); }

private:
    fs::path folder_;
    const FigureMetadata& metadata_;
    std::vector<fs::path> files_;
};

Figure score_figure(const std::vector<DemoScores>& scores, const std::string& title) {
    BarContent content;
    content.series = {"full model", "importance mask", "random masks", "majority class"};
    content.title = title;
    content.value_label = "score on dev";
    for (const auto& row : scores) {
        const std::string name(task_info(row.task).name);
        if (content.groups.empty() || content.groups.back().name != name)
            content.groups.push_back({name, {{}, {}, {}, {}}});
        auto& values = content.groups.back().values;
        values[0].push_back(row.full);
        values[1].push_back(row.importance);
        values[2].push_back(row.random_mean);
        values[3].push_back(row.majority);
    }
    FigureStyle style;
    style.width_mm = two_columns_mm;
    return bar_figure(content, style);
}

// Mean and standard deviation (ddof 1) over searches of one size, component by component.
HeatmapContent importance_content(const std::vector<const DemoSearch*>& searches) {
    const auto over = [&](auto values_of) {
        const std::size_t size = values_of(*searches.front()).size();
        std::pair<std::vector<float>, std::vector<float>> result{std::vector<float>(size), std::vector<float>(size)};
        const auto count = static_cast<double>(searches.size());
        for (std::size_t i = 0; i < size; ++i) {
            double mean = 0.0, squares = 0.0;
            for (const auto* search : searches) mean += static_cast<double>(values_of(*search)[i]) / count;
            for (const auto* search : searches)
                squares += std::pow(static_cast<double>(values_of(*search)[i]) - mean, 2);
            result.first[i] = static_cast<float>(mean);
            result.second[i] = static_cast<float>(std::sqrt(squares / std::max(count - 1.0, 1.0)));
        }
        return result;
    };
    const auto& first = searches.front()->result.importance;
    HeatmapContent content;
    content.values.heads = first.heads;
    auto deviation = content.values;
    std::tie(content.values.heads.values, deviation.heads.values) =
        over([](const DemoSearch& s) -> const std::vector<float>& { return s.result.importance.heads.values; });
    std::tie(content.values.mlps, deviation.mlps) =
        over([](const DemoSearch& s) -> const std::vector<float>& { return s.result.importance.mlps; });
    if (searches.size() > 1) content.deviation = std::move(deviation);
    return content;
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Status write_task_figures(Writer& writer, TaskId task, const std::vector<const DemoSearch*>& searches) {
    const std::string name(task_info(task).name);
    const std::string over_seeds = name + ", " + counted(searches.size(), "seed");
    std::vector<ComponentMasks> masks;
    for (const auto* search : searches) masks.push_back(search->result.masks);

    HeatmapOptions options;
    options.title = "Survival: " + over_seeds;
    options.value_label = "share of masks that keep it";
    LOTTERY_CHECK(writer.write("survival_" + name, options.title, survival_heatmap(masks, options, {})));
    options.title = "Importance: " + over_seeds;
    options.value_label = "importance";
    LOTTERY_CHECK(
        writer.write("importance_" + name, options.title, heatmap(importance_content(searches), options, {})));
    const auto& first = *searches.front();
    const std::string title = "Mask search: " + name + ", seed " + std::to_string(first.seed);
    return writer.write("search_" + name + "_seed_" + std::to_string(first.seed), title,
                        search_figure(first.result, title, {}));
}

}  // namespace

Result<std::vector<fs::path>> write_demo_figures(const fs::path& folder, const std::vector<DemoScores>& scores,
                                                 const std::vector<DemoSearch>& searches,
                                                 const FigureMetadata& metadata) {
    Writer writer(folder, metadata);
    const std::string title = "Full models, masks found by importance, random masks of the same size";
    LOTTERY_CHECK(writer.write("scores", title, score_figure(scores, title)));

    std::vector<ComponentMasks> all;
    std::vector<std::pair<TaskId, std::vector<const DemoSearch*>>> tasks;
    for (const auto& search : searches) {
        all.push_back(search.result.masks);
        if (tasks.empty() || tasks.back().first != search.task)
            tasks.emplace_back(search.task, std::vector<const DemoSearch*>{});
        tasks.back().second.push_back(&search);
    }
    HeatmapOptions options;
    options.title = "Survival: " + counted(tasks.size(), "task") + ", " + counted(all.size(), "mask");
    options.value_label = "share of masks that keep it";
    LOTTERY_CHECK(writer.write("survival", options.title, survival_heatmap(all, options, {})));
    for (const auto& [task, of_task] : tasks) LOTTERY_CHECK(write_task_figures(writer, task, of_task));
    return writer.take();
}

}  // namespace lottery
