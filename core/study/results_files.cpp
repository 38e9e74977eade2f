// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/results_files.h"

#include <charconv>
#include <limits>
#include <string>

#include "core/analysis/experiments.h"
#include "core/study/provenance.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

double number_of(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Result<std::uint64_t> seed_from(const std::string& text, const std::string& place) {
    std::uint64_t seed = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return seed;
    return Error{"\"" + text + "\" found, a seed was expected as the key", place, {}};
}

// Calls `visit` for every {TASK: value}; what it throws or returns is told with file and task.
template <typename Visit>
Status for_each_task(const Json& json, const fs::path& file, Visit visit) {
    if (!json.is_object())
        return Error{std::string("an object of tasks was expected, found ") + json.type_name(), file.string(), {}};
    for (const auto& [name, value] : json.items()) {
        const auto task = parse_task(name);
        if (!task) return Error{task.error().message, file.string(), task.error().advice};
        const std::string place = file.string() + ", " + name;
        try {
            LOTTERY_CHECK(visit(*task, value, place));
        } catch (const nlohmann::json::exception& e) {
            return Error{std::string("does not hold scores (") + e.what() + ")", place, {}};
        }
    }
    return ok();
}

template <typename Visit>
Status for_each_seed(const Json& seeds, const std::string& place, Visit visit) {
    for (const auto& [text, value] : seeds.items()) {
        LOTTERY_TRY(const auto seed, seed_from(text, place));
        LOTTERY_CHECK(visit(seed, value));
    }
    return ok();
}

// What was found, short enough for a message.
std::string shown(const Json& json) {
    constexpr std::size_t kMost = 60;
    std::string text = json.dump(-1, ' ', true);
    if (text.size() > kMost) text = text.substr(0, kMost) + "…";
    return text;
}

Status check_object(const Json& json, const char* expected, const std::string& place) {
    if (json.is_object() && !json.empty()) return ok();
    return Error{shown(json) + " found, " + expected + " expected", place, {}};
}

Status add_summary(const Json& json, const fs::path& file, ExperimentResults& results) {
    return for_each_task(json, file, [&](TaskId task, const Json& metrics, const std::string& place) -> Status {
        LOTTERY_CHECK(check_object(metrics, "{metric: [mean, standard deviation]}", place));
        for (const auto& [metric, pair] : metrics.items()) {
            if (!pair.is_array() || pair.size() != 2)
                return Error{shown(pair) + " found, [mean, standard deviation] expected", place + ", " + metric, {}};
            results.summary[task][metric] = {number_of(pair[0]), number_of(pair[1])};
            if (results.summary[task][metric].deviation < 0)
                return Error{"a standard deviation of " + pair[1].dump() + " found", place + ", " + metric, {}};
        }
        return ok();
    });
}

Status add_per_seed(const Json& json, const fs::path& file, ExperimentResults& results) {
    return for_each_task(json, file, [&](TaskId task, const Json& seeds, const std::string& place) -> Status {
        LOTTERY_CHECK(check_object(seeds, "{seed: {metric: value}}", place));
        return for_each_seed(seeds, place, [&](std::uint64_t seed, const Json& metrics) -> Status {
            LOTTERY_CHECK(check_object(metrics, "{metric: value}", place + ", seed " + std::to_string(seed)));
            for (const auto& [metric, value] : metrics.items()) results.per_seed[task][seed][metric] = number_of(value);
            return ok();
        });
    });
}

Status add_evaluations(const Json& json, const fs::path& file, ExperimentResults& results) {
    if (!json.is_object() || !json.contains("evaluations"))
        return Error{"the key \"evaluations\" is missing", file.string(), "Remove the file, and evaluate again"};
    return for_each_task(json["evaluations"], file, [&](TaskId task, const Json& seeds, const std::string& place) {
        return for_each_seed(seeds, place, [&](std::uint64_t seed, const Json& evaluation) -> Status {
            auto& shares = results.predicted_share[task][seed];  // of regression empty
            for (const auto& [name, share] : evaluation.at("predicted_share").items()) shares[name] = number_of(share);
            if (const auto kept = evaluation.find("parameters_kept_share"); kept != evaluation.end())
                results.kept_share[task][seed] = number_of(*kept);
            return ok();
        });
    });
}

}  // namespace

Status add_results(const Json& json, const fs::path& file, ExperimentResults& results) {
    if (file.filename() == "per_seed.json") return add_per_seed(json, file, results);
    if (file.filename() == "evaluations.json") return add_evaluations(json, file, results);
    return add_summary(json, file, results);
}

Result<ExperimentResults> read_experiment(const fs::path& folder) {
    ExperimentResults results;
    results.name = folder.filename().string();
    const auto add = [&](const fs::path& file) -> Status {
        std::error_code ec;
        if (!fs::exists(file, ec)) return ok();
        LOTTERY_TRY(const Json json, read_json(file));
        return add_results(json, file, results);
    };
    LOTTERY_CHECK(add(folder / "baseline" / "results.json"));
    if (results.summary.empty()) LOTTERY_CHECK(add(folder / "results.json"));
    LOTTERY_CHECK(add(folder / "per_seed.json"));
    LOTTERY_CHECK(add(folder / "evaluations.json"));
    return results;
}

Result<std::vector<ExperimentResults>> read_results(const fs::path& folder) {
    std::error_code ec;
    const fs::path root = fs::is_directory(folder / "evaluate_masked", ec) ? folder / "evaluate_masked" : folder;
    if (!fs::is_directory(root, ec))
        return Error{fs::exists(root, ec) ? "is a file, a folder was expected" : "no such folder", root.string(),
                     "Give a study's evaluate_masked folder"};
    std::vector<ExperimentResults> results;
    for (fs::directory_iterator it(root, ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code inner;
        if (!fs::is_directory(it->path(), inner)) continue;
        LOTTERY_TRY(auto experiment, read_experiment(it->path()));
        if (!experiment.summary.empty() || !experiment.per_seed.empty()) results.push_back(std::move(experiment));
    }
    if (ec) return Error{"cannot be listed: " + ec.message(), root.string(), {}};
    if (results.empty())
        return Error{"no scores found: expected are <experiment>/baseline/results.json or <experiment>/per_seed.json",
                     root.string(), "Evaluate a study with lottery evaluate --study"};
    sort_experiments(results);
    return results;
}

Status write_experiment(const fs::path& folder, const ExperimentResults& results) {
    Json summary = Json::object();
    Json per_seed = Json::object();
    for (const auto& task : all_tasks()) {
        const std::string name(task.name);
        if (const auto seeds = results.per_seed.find(task.id); seeds != results.per_seed.end()) {
            std::map<std::string, std::vector<double>> columns;
            for (const auto& [seed, metrics] : seeds->second) {
                per_seed[name][std::to_string(seed)] = to_json(metrics);
                for (const auto& [metric, value] : metrics) columns[metric].push_back(value);
            }
            for (const auto& [metric, column] : columns) {
                const Spread s = spread(column, 0);
                summary[name][metric] = {s.mean, s.deviation};
            }
        } else if (const auto found = results.summary.find(task.id); found != results.summary.end()) {
            for (const auto& [metric, s] : found->second) summary[name][metric] = {s.mean, s.deviation};
        }
    }
    LOTTERY_CHECK(write_json(folder / "baseline" / "results.json", summary));
    return write_json(folder / "per_seed.json", per_seed);
}

Status write_majority(const fs::path& evaluate_masked, const std::map<TaskId, Metrics>& majority) {
    const fs::path folder = evaluate_masked / kMajorityExperiment;
    LOTTERY_TRY(auto found, read_experiment(folder));
    for (const auto& [task, metrics] : majority) {
        found.summary.erase(task);
        for (const auto& [metric, value] : metrics) found.summary[task][metric] = {value, 0.0};
    }
    Json json = Json::object();
    for (const auto& [task, metrics] : found.summary)
        for (const auto& [metric, s] : metrics) json[std::string(task_info(task).name)][metric] = {s.mean, s.deviation};
    return write_json(folder / "results.json", json);
}

}  // namespace lottery
