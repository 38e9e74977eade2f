// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "core/analysis/analysis_words.h"
#include "core/analysis/pattern_analysis.h"

namespace lottery {
namespace {

std::vector<std::string> class_names() {
    std::vector<std::string> names;
    for (const auto pattern : all_patterns()) names.emplace_back(to_string(pattern));
    return names;
}

std::string percent(double share) { return decimals(100 * share, "%.1f") + "%"; }

Json shares_json(const PatternShares& shares) {
    Json json = Json::object();
    for (const auto pattern : all_patterns()) json[to_string(pattern)] = shares[index_of(pattern)];
    return json;
}

// What the bar figure shows, a row per bar.
AnalysisTable shares_table(const PatternAnalysis& analysis) {
    TextCells cells{{"task", "maps", "heads"}};
    for (auto& name : class_names()) cells[0].push_back(std::move(name));
    const auto content = pattern_content(analysis);
    for (const auto& panel : content.panels)
        for (const auto& task : panel.tasks)
            for (std::size_t g = 0; g < task.bars.size(); ++g) {
                if (task.bars[g].shares.empty()) continue;
                cells.push_back({task.name, panel.name, content.groups[g]});
                for (const double share : task.bars[g].shares) cells.back().push_back(percent(share));
            }
    std::string note = "Share of the maps in each class, mean over seeds.";
    if (analysis.has_masks) note += " Super-survivors are the heads that survive in the masks of all seeds.";
    return {std::move(cells), std::move(note)};
}

AnalysisTable survival_table(const PatternAnalysis& analysis) {
    TextCells cells{{"task", "maps", "model"}};
    for (auto& name : class_names()) cells[0].push_back(std::move(name));
    for (const auto& one : analysis.survival) {
        cells.push_back({name_of(one.task), kind_name(one.kind), to_string(one.model)});
        for (const auto pattern : all_patterns()) {
            const auto& [masked, kept] = one.heads[index_of(pattern)];
            const auto share = one.survival_of(pattern);
            cells.back().push_back(share ? std::to_string(kept) + " of " + std::to_string(masked + kept) + " (" +
                                               decimals(100 * *share, "%.0f") + "%)"
                                         : kUndefined);
        }
    }
    return {std::move(cells),
            "How many heads of each pattern survive, summed over seeds; a head has the pattern of most "
            "of its maps. – means that no head has it."};
}

AnalysisTable correlation_table(const PatternAnalysis& analysis) {
    TextCells cells{{"task", "maps", "model", "r", "p", "heads", "seeds"}};
    for (const auto& one : analysis.survival)
        cells.push_back({name_of(one.task), kind_name(one.kind), to_string(one.model), value_text(one.correlation),
                         p_text(one.p_value), std::to_string(one.count), std::to_string(one.seeds)});
    return {std::move(cells),
            "Point-biserial correlation of a head's share of heterogeneous maps with its survival, over "
            "heads and seeds. Heads of several seeds are not independent: read p with care. – is "
            "undefined (all heads survive, or none, or all have one share)."};
}

}  // namespace

AnalysisTables tables_of(const PatternAnalysis& analysis) {
    AnalysisTables tables{shares_table(analysis)};
    if (!analysis.survival.empty()) {
        tables.push_back(survival_table(analysis));
        tables.push_back(correlation_table(analysis));
    }
    return tables;
}

DataTable data_of(const PatternAnalysis& analysis) {
    DataTable data{{"task", "maps", "model", "seed", "layer", "head", "class", "share"}, {}};
    for (const auto& one : analysis.found)
        for (int l = 0; l < one.present.layers; ++l)
            for (int h = 0; h < one.present.heads; ++h) {
                if (one.present.at(l, h) == 0.0F) continue;
                const auto& shares = one.shares[static_cast<std::size_t>(l * one.present.heads + h)];
                for (const auto pattern : all_patterns())
                    data.rows.push_back({name_of(one.task), kind_name(one.kind), std::string(to_string(one.model)),
                                         static_cast<std::int64_t>(one.seed), std::int64_t{l + 1}, std::int64_t{h + 1},
                                         std::string(to_string(pattern)), shares[index_of(pattern)]});
            }
    return data;
}

Json to_json(const PatternAnalysis& analysis) {
    Json shares = Json::array();
    for (const auto& one : analysis.found) {
        const auto all = shares_of(one, nullptr);
        const auto heads = analysis.super_survivors.find(one.task);
        const auto super = heads == analysis.super_survivors.end() ? std::nullopt : shares_of(one, &heads->second);
        shares.push_back({{"task", name_of(one.task)},
                          {"kind", kind_name(one.kind)},
                          {"model", to_string(one.model)},
                          {"seed", one.seed},
                          {"examples", one.examples},
                          {"all_heads", all ? shares_json(all->shares) : Json(nullptr)},
                          {"super_survivors", super ? shares_json(super->shares) : Json(nullptr)}});
    }
    Json survival = Json::array();
    for (const auto& one : analysis.survival) {
        Json heads = Json::object();
        for (const auto pattern : all_patterns()) {
            const auto& [masked, kept] = one.heads[index_of(pattern)];
            heads[to_string(pattern)] = {{"masked", masked}, {"survive", kept}};
        }
        survival.push_back({{"task", name_of(one.task)},
                            {"kind", kind_name(one.kind)},
                            {"model", to_string(one.model)},
                            {"seeds", one.seeds},
                            {"heads", heads},
                            {"heterogeneous_correlation", optional_json(one.correlation)},
                            {"p_value", optional_json(one.p_value)},
                            {"count", one.count}});
    }
    return {{"shares", shares}, {"survival", survival}};
}

}  // namespace lottery
