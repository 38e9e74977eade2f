// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/import_run.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/base/atomic_writer.h"
#include "core/base/file.h"
#include "core/base/in_memory.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// "masks/heads/RTE/seed_42/head_mask.npy.part-4711", which a killed program leaves behind.
bool is_part_of(const std::string& file, const std::string& name) { return file.starts_with(name + ".part-"); }

// Absolute and without a slash at its end, so that paths can be compared.
fs::path comparable(const fs::path& path) {
    std::error_code ec;
    auto result = fs::weakly_canonical(path, ec);
    if (ec) result = path.lexically_normal();
    return result.has_filename() ? result : result.parent_path();
}

class Import {
public:
    Import(const ImportRequest& request, std::stop_token stop, ProgressSink& progress)
        : request_(request), stop_(std::move(stop)), progress_(progress) {}

    Outcome<ImportReport> run() {
        const auto start = std::chrono::steady_clock::now();
        Provenance provenance("import");
        LOTTERY_CHECK(first_problem(problems(request_)));
        LOTTERY_CHECK(read_source());
        LOTTERY_TRY(const Json hashes, hash_files());
        LOTTERY_TRY(const bool there, is_there());
        for (const auto& file : report_.skipped) progress_.on_message(Severity::Warning, "skipped " + file.to_string());
        if (!there) LOTTERY_CHECK(write_json(request_.out / "study.json", to_json(report_.study)));
        LOTTERY_CHECK(write_files());
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::error_code ec;
        if (report_.written == 0 && fs::exists(request_.out / "run.json", ec)) return std::move(report_);
        provenance.fields()["inputs"] = {{"sha256", report_.study.sha256}, {"files_sha256", hashes}};
        provenance.fields()["published"] = request_.published.string();
        LOTTERY_CHECK(provenance.finish(request_.out, to_json(report_)));
        return std::move(report_);
    }

private:
    Outcome<Unit> read_source() {
        LOTTERY_TRY(auto masks, find_masks(request_.published, stop_));
        LOTTERY_TRY(auto results, find_results(request_.published, stop_));
        report_.mask_files = masks.masks;
        report_.importance_files = masks.importances;
        report_.mask_runs = masks.runs;
        report_.result_files = results.result_files;
        report_.passed_over = masks.passed_over + results.passed_over;
        report_.skipped = std::move(masks.skipped);
        report_.skipped.insert(report_.skipped.end(), results.skipped.begin(), results.skipped.end());
        std::ranges::stable_sort(report_.skipped, {}, &SkippedFile::file);
        files_ = std::move(masks.files);
        std::ranges::move(results.files, std::back_inserter(files_));
        std::ranges::sort(files_, {}, &ImportFile::name);
        if (files_.empty()) {
            std::string why = "holds no file that can be imported";
            if (!report_.skipped.empty())
                why += "; the first of " + std::to_string(report_.skipped.size()) + ": " +
                       report_.skipped.front().to_string();
            return Error{why, request_.published.string(),
                         "Expected are masks/<setting>/<TASK>/seed_<N>/*.npy and "
                         "evaluate_masked/<experiment>/baseline/results.json"};
        }
        ReferenceStudy& study = report_.study;
        study.source = request_.published.string();
        masks.tasks.merge(results.tasks);
        masks.seeds.merge(results.seeds);
        study.tasks.assign(masks.tasks.begin(), masks.tasks.end());
        study.seeds.assign(masks.seeds.begin(), masks.seeds.end());
        study.settings.assign(masks.folders.begin(), masks.folders.end());
        study.experiments.assign(results.folders.begin(), results.folders.end());
        study.layers = masks.layers;
        study.heads = masks.heads;
        study.files = static_cast<int>(files_.size());
        return Unit{};
    }

    Result<Json> hash_files() {
        Json hashes = Json::object();
        std::string list;
        for (const auto& file : files_) {
            LOTTERY_TRY(const std::string hash, sha256_of(file.bytes));
            list += hash + "  " + file.name + "\n";
            hashes[file.name] = hash;
        }
        LOTTERY_TRY(report_.study.sha256, sha256_of(list));
        return hashes;
    }

    // Whether the folder holds an import of the same files, finished or not. Error: it holds anything else.
    Result<bool> is_there() {
        LOTTERY_TRY(const auto found, find_reference_study(request_.out));
        if (found) {
            if (found->sha256 == report_.study.sha256) return true;
            return Error{"the folder holds an import of other files, made from " + found->source, request_.out.string(),
                         "Choose a new --out folder, or remove this one"};
        }
        std::error_code ec;
        if (!fs::exists(request_.out, ec)) return false;
        LOTTERY_TRY(const auto entries, import_detail::sorted_entries(request_.out));
        for (const auto& entry : entries) {
            if (is_part_of(entry.filename().string(), "study.json")) continue;
            return Error{"the folder is not empty and holds no import", request_.out.string(),
                         "Choose a new --out folder"};
        }
        return false;
    }

    Outcome<Unit> write_files() {
        remove_abandoned_parts(request_.out);
        const auto start = std::chrono::steady_clock::now();
        const auto total = static_cast<std::int64_t>(files_.size());
        std::int64_t done = 0;
        const auto report = [&] {
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
            const double rate = elapsed.count() > 0 ? static_cast<double>(done) / elapsed.count() : 0.0;
            progress_.on_progress({"copying", done, total, "files", rate, "files"});
        };
        for (const auto& file : files_) {
            report();
            if (stop_.stop_requested()) return Cancelled{};
            const fs::path path = request_.out / file.name;
            ++done;
            std::error_code ec;
            if (fs::exists(path, ec)) {
                const auto there = read_file(path);
                if (there && *there == file.bytes) continue;
            }
            LOTTERY_CHECK(write_file_atomically(path, file.bytes, Flush::Begin));
            ++report_.written;
        }
        report();
        return Unit{};
    }

    const ImportRequest& request_;
    std::stop_token stop_;
    ProgressSink& progress_;
    std::vector<ImportFile> files_;  // by name
    ImportReport report_;
};

}  // namespace

std::vector<FieldProblem> problems(const ImportRequest& request) {
    std::vector<FieldProblem> found;
    std::error_code ec;
    if (request.published.empty()) {
        found.push_back({"published", "choose a folder with masks or evaluate_masked in it"});
    } else if (!fs::is_directory(request.published, ec)) {
        found.push_back({"published", request.published.string() + " is not a folder"});
    } else if (!fs::exists(request.published / "masks", ec) && !fs::exists(request.published / "evaluate_masked", ec)) {
        found.push_back({"published", request.published.string() + " holds neither masks nor evaluate_masked"});
    }
    if (request.out.empty()) {
        found.push_back({"out", "choose a folder for the study"});
    } else if (fs::exists(request.out, ec) && !fs::is_directory(request.out, ec)) {
        found.push_back({"out", request.out.string() + " is a file, a folder was expected"});
    } else if (!request.published.empty()) {
        const fs::path source = comparable(request.published);
        const fs::path inside = comparable(request.out).lexically_relative(source);
        if (!inside.empty() && *inside.begin() != "..")
            found.push_back({"out", request.out.string() + " lies in the folder that is imported"});
    }
    return found;
}

Outcome<ImportReport> run_import(const ImportRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("import", [&] { return Import(request, std::move(stop), progress).run(); });
}

Json to_json(const ImportReport& report) {
    Json json = to_json(report.study);
    json.erase("format");
    json.erase("kind");
    Json skipped = Json::array();
    for (const auto& file : report.skipped)
        skipped.push_back({{"file", file.file}, {"place", file.place}, {"reason", file.reason}});
    json.update({{"mask_files", report.mask_files},
                 {"importance_files", report.importance_files},
                 {"mask_runs", report.mask_runs},
                 {"result_files", report.result_files},
                 {"skipped", skipped},
                 {"passed_over", report.passed_over},
                 {"written", report.written},
                 {"seconds", report.seconds}});
    return json;
}

}  // namespace lottery
