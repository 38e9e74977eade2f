// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/compare_searches.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/figures/writers.h"
#include "core/pruning/search_record.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

struct Record {
    fs::path folder;
    std::string task, kind, mode, split, criterion, gradient;
    MaskSearchResult result;
};

Result<Record> read_record(const fs::path& folder) {
    Record record;
    record.folder = folder;
    const fs::path file = folder / "search.json";
    LOTTERY_TRY(const Json json, read_json(file));
    LOTTERY_TRY(record.result, read_mask_search(folder));
    try {
        json.at("task").get_to(record.task);
        json.at("kind").get_to(record.kind);
        json.at("mode").get_to(record.mode);
        json.at("split").get_to(record.split);
        // Searches knew one criterion before they named it.
        record.criterion = json.value("criterion", to_string(Criterion::Gradient));
        record.gradient = json.value("gradient", to_string(GradientTerm::Batch));
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not a mask search record (") + e.what() + ")", file.string(),
                     "Run lottery mask again"};
    }
    for (const auto& step : record.result.steps)
        if (!step.kept_share)
            return Error{"step " + std::to_string(step.index) + " has no kept_share: the record is of an older program",
                         file.string(), "Run lottery mask again"};
    return record;
}

Status check_same(const std::string& what, const std::string& first, const std::string& other, const fs::path& folder) {
    if (first == other) return ok();
    return Error{"its " + what + " is " + other + ", that of the first search " + first, folder.string(),
                 "Compare searches of one task, metric and split"};
}

std::string criterion_name(const Record& record) {
    std::string name = record.criterion == "leave-one-out" ? "leave one out" : record.criterion;
    if (record.criterion == "learned") name = "learned gates";
    if (record.criterion == "fisher") name = "Fisher";
    if (record.criterion == "entropy" || record.criterion == "confidence") name = "attention " + name;
    if (record.criterion == "gradient" && record.gradient == "example") name += " per example";
    return name;
}

// The criterion; what else differs among the searches; the folder where that does not tell them apart.
std::vector<std::string> names_of(const std::vector<Record>& records) {
    const auto differs = [&](auto member) {
        return std::any_of(records.begin(), records.end(),
                           [&](const Record& r) { return r.*member != records.front().*member; });
    };
    const bool kinds = differs(&Record::kind), modes = differs(&Record::mode);
    std::vector<std::string> names;
    std::map<std::string, int> uses;
    for (const Record& record : records) {
        std::string name = criterion_name(record);
        if (kinds) name += ", " + record.kind;
        if (modes) name += ", " + record.mode;
        ++uses[name];
        names.push_back(std::move(name));
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        if (uses[names[i]] > 1)
            names[i] += " (" + fs::path(records[i].folder / "").parent_path().filename().string() + ")";
    return names;
}

// Of the found mask: an accepted step with these masks.
double kept_share(const MaskSearchResult& result) {
    for (const auto& step : result.steps)
        if (step.accepted && step.masks == result.masks) return *step.kept_share;
    return 1.0;
}

}  // namespace

Result<CompareReport> compare_searches(const CompareRequest& request) {
    if (request.searches.empty()) return Error{"no searches to compare", "lottery mask compare", "Name their folders"};
    const auto ending = request.out.extension();
    if (ending != ".svg" && ending != ".csv")
        return Error{"the ending is \"" + ending.string() + "\", .svg or .csv was expected", request.out.string(), {}};
    LOTTERY_CHECK(check_study_is_writable(request.out.parent_path()));
    std::vector<Record> records;
    for (const auto& folder : request.searches) {
        LOTTERY_TRY(auto record, read_record(folder));
        if (!records.empty()) {
            const Record& first = records.front();
            LOTTERY_CHECK(check_same("task", first.task, record.task, folder));
            LOTTERY_CHECK(check_same("metric", first.result.metric, record.result.metric, folder));
            LOTTERY_CHECK(check_same("split", first.split, record.split, folder));
        }
        records.push_back(std::move(record));
    }

    CompareReport report;
    report.task = records.front().task;
    auto& content = report.content;
    content.metric = records.front().result.metric;
    content.threshold_score = records.front().result.threshold_score;
    const auto names = names_of(records);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& [folder, task, kind, mode, split, criterion, gradient, result] = records[i];
        ComparisonSeries series{names[i], {}};
        for (const auto& step : result.steps)
            series.points.push_back(
                {step.index, *step.kept_share, step.milliseconds_per_example, step.score, step.accepted});
        content.series.push_back(std::move(series));
        report.searches.push_back({names[i], criterion, kind, result.score, kept_share(result),
                                   result.masks.kept_heads(), result.masks.kept_mlps(), result.seconds});
        // One line only where it is everybody's.
        if (std::abs(result.threshold_score - content.threshold_score) > 1e-9) content.threshold_score = std::nan("");
    }
    content.title = request.title.empty() ? report.task + ": masks on " + records.front().split : request.title;

    FigureStyle style;
    style.width_mm = has_speeds(content) ? two_columns_mm : 1.4 * one_column_mm;
    const Figure figure = comparison_figure(content, style);
    auto csv = request.out;
    csv.replace_extension(".csv");
    if (ending == ".svg") {
        FigureMetadata metadata{{"program", "lottery " + program_version()}, {"task", report.task}};
        for (std::size_t i = 0; i < records.size(); ++i)
            metadata["search " + std::to_string(i + 1)] = names[i] + ": " + records[i].folder.string();
        LOTTERY_CHECK(write_svg(request.out, figure.scene, metadata));
        report.files.push_back(request.out);
    }
    LOTTERY_CHECK(write_csv(csv, figure.data));
    report.files.push_back(csv);
    return report;
}

Json to_json(const CompareReport& report) {
    Json searches = Json::array();
    for (const auto& s : report.searches)
        searches.push_back({{"name", s.name},
                            {"criterion", s.criterion},
                            {"kind", s.kind},
                            {"score", s.score},
                            {"kept_share", s.kept_share},
                            {"kept_heads", s.kept_heads},
                            {"kept_mlps", s.kept_mlps},
                            {"seconds", s.seconds}});
    Json files = Json::array();
    for (const auto& file : report.files) files.push_back(file.string());
    return {{"task", report.task}, {"metric", report.content.metric}, {"searches", searches}, {"files", files}};
}

}  // namespace lottery
