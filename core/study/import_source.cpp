// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/import_source.h"

#include <algorithm>

#include "core/analysis/results.h"
#include "core/base/file.h"
#include "core/base/in_memory.h"
#include "core/study/results_files.h"

namespace lottery {
namespace fs = std::filesystem;

std::string SkippedFile::to_string() const { return file + (place.empty() ? "" : ", " + place) + ": " + reason; }

namespace import_detail {

Result<std::vector<fs::path>> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code ec;
    if (!fs::exists(folder, ec)) return entries;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) entries.push_back(it->path());
    if (ec) return Error{"cannot be listed: " + ec.message(), folder.string(), {}};
    std::sort(entries.begin(), entries.end());
    return entries;
}

Result<std::string> read_small_file(const fs::path& file) {
    constexpr std::uintmax_t kMost = std::uintmax_t{64} << 20U;  // bytes
    std::error_code ec;
    // Also keeps from waiting at a pipe.
    if (!fs::is_regular_file(file, ec)) return Error{"no regular file found, one was expected", file.string(), {}};
    const auto size = fs::file_size(file, ec);
    if (!ec && size > kMost)
        return Error{
            std::to_string(size) + " bytes found, at most " + std::to_string(kMost) + " expected", file.string(), {}};
    return read_file(file);
}

SkippedFile skipped(const std::string& name, const Error& error) {
    std::string place;
    if (error.place.starts_with(name)) {
        place = error.place.substr(name.size());
        if (place.starts_with(", ")) place.erase(0, 2);
        if (place.starts_with(":")) place.replace(0, 1, "line ");
    }
    return {name, place, error.message + (error.advice.empty() ? "" : ". " + error.advice)};
}

}  // namespace import_detail

namespace {

using namespace import_detail;

class ResultScan {
public:
    ResultScan(const fs::path& published, const std::stop_token& stop)
        : root_(published / "evaluate_masked"), stop_(stop) {}

    Outcome<ResultFindings> run() {
        LOTTERY_TRY(const auto experiments, sorted_entries(root_));
        for (const auto& experiment : experiments) {
            if (stop_.stop_requested()) return Cancelled{};
            std::error_code ec;
            if (fs::is_directory(experiment, ec))
                add_experiment(experiment);
            else
                ++found_.passed_over;
        }
        return std::move(found_);
    }

private:
    // One that cannot be listed is skipped.
    std::vector<fs::path> entries_of(const fs::path& folder, const std::string& name) {
        auto entries = sorted_entries(folder);
        if (entries) return *std::move(entries);
        found_.skipped.push_back({name, "", entries.error().message});
        return {};
    }

    void add_experiment(const fs::path& folder) {
        const std::string name = folder.filename().string();
        const auto entries = entries_of(folder, "evaluate_masked/" + name);
        const auto inner = entries_of(folder / "baseline", "evaluate_masked/" + name + "/baseline");
        const auto before = found_.files.size();
        bool any = false;
        const auto visit = [&](const fs::path& file, const std::string& part) {
            const std::string file_name = file.filename().string();
            const bool scores = file_name == "results.json" || (part.empty() && file_name == "per_seed.json");
            any = any || scores;
            if (scores || (part.empty() && file_name == "evaluations.json"))
                add_file(file, "evaluate_masked/" + name + "/" + part + file_name);
            else
                ++found_.passed_over;
        };
        for (const auto& file : inner) visit(file, "baseline/");
        for (const auto& file : entries)
            if (file.filename() != "baseline") visit(file, "");
        if (!any)
            found_.skipped.push_back(
                {"evaluate_masked/" + name, "", "no scores found, baseline/results.json or per_seed.json expected"});
        if (found_.files.size() > before) found_.folders.insert(name);
    }

    void add_file(const fs::path& file, const std::string& name) {
        auto read = check(file, name);
        if (!read) return found_.skipped.push_back(skipped(name, read.error()));
        found_.files.push_back({name, *std::move(read)});
        ++found_.result_files;
    }

    Result<std::string> check(const fs::path& file, const std::string& name) {
        LOTTERY_TRY(std::string bytes, read_small_file(file));
        LOTTERY_TRY(const Json json, parse_json(bytes, name));
        ExperimentResults results;
        LOTTERY_CHECK(add_results(json, name, results));
        if (name.ends_with("/results.json") && results.summary.empty())
            return Error{"an empty object found, {TASK: {metric: [mean, standard deviation]}} expected", name, {}};
        for (const auto& [task, metrics] : results.summary) found_.tasks.insert(task);
        for (const auto& [task, seeds] : results.per_seed) {
            found_.tasks.insert(task);
            for (const auto& [seed, metrics] : seeds) found_.seeds.insert(seed);
        }
        return bytes;
    }

    fs::path root_;
    const std::stop_token& stop_;
    ResultFindings found_;
};

}  // namespace

Outcome<ResultFindings> find_results(const fs::path& published, const std::stop_token& stop) {
    return ResultScan(published, stop).run();
}

}  // namespace lottery
