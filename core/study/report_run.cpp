// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/report_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <set>
#include <string>

#include "core/analysis/html.h"
#include "core/analysis/results_table.h"
#include "core/base/atomic_writer.h"
#include "core/base/file.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"
#include "core/study/results_files.h"
#include "core/study/run_list.h"
#include "core/study/scoreboard.h"
#include "core/study/study_plan.h"
#include "core/study/study_run.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Everything that the page is made from.
struct Contents {
    fs::path study;
    std::optional<StudyPlan> plan;
    std::optional<StudyReport> jobs;
    std::string jobs_problem;               // why they cannot be listed
    std::optional<Scoreboard> board;        // ours beside the published
    std::vector<ItemState> items;           // the checklist
    std::vector<ExperimentResults> scores;  // ours
    std::vector<fs::path> figures;          // *.svg, by name
    std::vector<RunSummary> runs;
};

// Absolute and without a slash at the end, which would be a name of its own.
fs::path settled(const fs::path& path) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

std::string heading(std::string_view text) { return "<h2>" + html_escape(text) + "</h2>\n"; }

template <typename T, typename Name>
std::string joined(const std::vector<T>& values, Name name) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : ", ") + std::string(name(value));
    return text;
}

std::string duration(double seconds) {
    char text[48];
    if (seconds < 120)
        std::snprintf(text, sizeof text, "%.0f s", seconds);
    else if (seconds < 7200)
        std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
    else
        std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
    return text;
}

std::string now_utc() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char text[32];
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return text;
}

void add_flat(const Json& json, const std::string& prefix, TextCells& rows) {
    for (const auto& [key, value] : json.items()) {
        if (value.is_object())
            add_flat(value, prefix + key + ".", rows);
        else
            rows.push_back({prefix + key, value.is_string() ? value.get<std::string>() : value.dump()});
    }
}

std::string plan_section(const StudyPlan& plan) {
    TextCells rows{{"plan", "value"}};
    const auto task_name = [](TaskId task) { return std::string(task_info(task).name); };
    rows.push_back({"began as", plan.preset});
    rows.push_back({"mode", to_string(plan.mode)});
    rows.push_back({"checkpoint", plan.checkpoint.string()});
    rows.push_back({"data", plan.data.string()});
    rows.push_back({"tasks", joined(plan.tasks, task_name)});
    rows.push_back({"seeds", joined(plan.seeds, [](std::uint64_t seed) { return std::to_string(seed); })});
    rows.push_back({"masks", joined(plan.settings, [](StudySetting setting) { return to_string(setting); })});
    rows.push_back({"retrained", plan.retrain ? "yes" : "no"});
    const Json json = to_json(plan);
    for (const char* part : {"training", "search", "magnitude", "controls"})
        add_flat(json.at(part), std::string(part) + ".", rows);
    for (const char* key : {"removal", "draw_seed"}) add_flat({{key, json.at(key)}}, "", rows);
    return heading("The plan") + html_table(rows, 2);
}

std::string states_section(const StudyReport& jobs) {
    const int all = static_cast<int>(jobs.jobs.size());
    const int done = jobs.count(JobState::Done);
    std::string html = heading("How far it is");
    if (done == all) return html + html_paragraph("Complete: all " + std::to_string(all) + " jobs are done.");
    std::string counts;
    for (const auto state : all_job_states())
        if (const int n = jobs.count(state); n > 0)
            counts += (counts.empty() ? "" : ", ") + std::to_string(n) + " " + to_string(state);
    html += "<p><strong>Not complete.</strong> " + html_escape("Of " + std::to_string(all) + " jobs: " + counts + ".") +
            "</p>\n";
    TextCells rows{{"job", "state", "why"}};
    for (std::size_t i = 0; i < jobs.jobs.size(); ++i)
        if (jobs.states[i].state == JobState::Failed || jobs.states[i].state == JobState::Outdated)
            rows.push_back({title(jobs.jobs[i]), to_string(jobs.states[i].state), jobs.states[i].why});
    return rows.size() > 1 ? html + html_table(rows, 3) : html;
}

std::string checklist_section(const std::vector<ItemState>& items) {
    TextCells rows{{"figure or table of the paper", "kind", "there", "missing"}};
    for (const auto& state : items) {
        std::string missing;
        constexpr std::size_t kNamed = 3;
        for (std::size_t i = 0; i < std::min(kNamed, state.missing.size()); ++i)
            missing += (i ? "; " : "") + to_string(state.missing[i]);
        if (state.missing.size() > kNamed)
            missing += "; and " + std::to_string(state.missing.size() - kNamed) + " more";
        rows.push_back({std::string(state.item->title),
                        std::string(state.item->kind == ItemKind::Table ? "table" : "figure") +
                            (state.item->secondary ? ", secondary" : ""),
                        std::to_string(state.present) + " of " + std::to_string(state.needed), missing});
    }
    return heading("The paper’s figures and tables") +
           html_paragraph("What each needs of the study’s tasks and seeds, and how much of it is there.") +
           html_table(rows, 4);
}

std::string runs_section(const Contents& contents, const fs::path& out) {
    double seconds = 0.0, joules = 0.0;
    bool measured = false;
    std::set<std::string> programs, devices;
    TextCells rows{{"run", "command", "start (UTC)", "seconds", "device"}};
    std::string table = "<table>\n<tr>";
    for (const auto& cell : rows.front()) table += "<th class=\"text\">" + html_escape(cell) + "</th>";
    table += "</tr>\n";
    // Links work where the report lies in the study.
    const bool inside = settled(out).parent_path() == settled(contents.study);
    for (const auto& run : contents.runs) {
        seconds += run.seconds;
        if (run.joules) joules += *run.joules;
        measured = measured || run.joules.has_value();
        if (!run.program.empty()) programs.insert("lottery " + run.program + ", LibTorch " + run.libtorch);
        if (!run.device.empty())
            devices.insert(run.device + " (" + run.device_name + "), " + std::to_string(run.threads) + " threads");
        const std::string name = html_escape(run.folder.string());
        const std::string record = html_escape((run.folder / "run.json").string());
        table += "<tr><td class=\"text\">" + (inside ? "<a href=\"" + record + "\">" + name + "</a>" : name) + "</td>";
        char took[32];
        std::snprintf(took, sizeof took, "%.1f", run.seconds);
        for (const auto& cell : run.problem.empty() ? std::vector<std::string>{run.command, run.start, took, run.device}
                                                    : std::vector<std::string>{run.problem, "", "", ""})
            table += "<td class=\"text\">" + html_escape(cell) + "</td>";
        table += "</tr>\n";
    }
    std::vector<std::string> facts;
    for (const auto& program : programs) facts.push_back(program);
    for (const auto& device : devices) facts.push_back(device);
    facts.push_back(std::to_string(contents.runs.size()) + " finished runs, " + duration(seconds) + " in all");
    char energy[96];
    std::snprintf(energy, sizeof energy, "%.0f J measured (%.3f kWh)", joules, joules / 3.6e6);
    facts.emplace_back(measured ? energy : "Energy could not be read on this machine");
    return heading("Provenance") + html_list(facts) +
           html_paragraph(
               "Each run’s record, run.json, has its options, and the SHA-256 sums of what it was made from.") +
           table + "</table>\n";
}

// Sums of what everything began with, from the first record that has them.
std::string inputs_section(const Contents& contents) {
    for (const auto& run : contents.runs) {
        if (run.command != "finetune") continue;
        const auto json = read_json(contents.study / run.folder / "run.json");
        if (!json || !json->contains("inputs")) continue;
        TextCells rows{{"input of " + run.folder.string(), "SHA-256"}};
        const auto add = [&](const auto& self, const Json& value, const std::string& name) -> void {
            constexpr std::size_t kDigest = 64;
            if (value.is_object())
                for (const auto& [key, inner] : value.items()) self(self, inner, name.empty() ? key : name + "/" + key);
            else if (value.is_string() && value.template get<std::string>().size() == kDigest)
                rows.push_back({name, value.template get<std::string>()});
        };
        add(add, (*json)["inputs"], "");
        if (rows.size() > 1) return html_table(rows, 2);
    }
    return {};
}

Result<std::vector<fs::path>> figures_of(const fs::path& study) {
    std::vector<fs::path> figures;
    std::error_code ec;
    if (!fs::is_directory(study / "figures", ec)) return figures;
    for (fs::directory_iterator it(study / "figures", ec), end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".svg") figures.push_back(it->path());
    if (ec) return Error{"cannot be listed: " + ec.message(), (study / "figures").string(), {}};
    std::sort(figures.begin(), figures.end());
    return figures;
}

Result<Contents> gather(const ReportRequest& request) {
    Contents contents;
    contents.study = request.study;
    std::error_code ec;
    if (!fs::is_directory(request.study, ec)) return Error{"no such folder", request.study.string(), {}};
    LOTTERY_TRY(contents.runs, list_finished_runs(request.study));
    std::vector<TaskId> tasks = paper_tasks();
    std::vector<std::uint64_t> seeds = paper_seeds();
    LOTTERY_TRY(const bool planned, has_study_plan(request.study));
    if (planned) {
        LOTTERY_TRY(contents.plan, read_study_plan(request.study));
        // Data that are not there yet keep the jobs from being known, not what is there from being reported.
        if (auto jobs = study_report(request.study))
            contents.jobs = *std::move(jobs);
        else
            contents.jobs_problem = jobs.error().to_string();
        tasks = contents.plan->tasks;
        seeds = contents.plan->seeds;
    }
    LOTTERY_TRY(const auto there, look_into_study(request.study));
    contents.items = item_states(there, tasks, seeds);
    if (!there.scores.empty() || !there.summaries.empty()) {
        LOTTERY_TRY(contents.scores, read_results(request.study));
        if (request.published) {
            ScoreboardRequest compared;
            compared.results = request.study;
            compared.published = *request.published;
            compared.tasks = tasks;
            LOTTERY_TRY(contents.board, read_scoreboard(compared));
        }
    }
    LOTTERY_TRY(contents.figures, figures_of(request.study));
    if (!contents.plan && contents.runs.empty() && contents.scores.empty() && contents.figures.empty())
        return Error{"holds no study: no study.json, no finished run, no scores and no figures", request.study.string(),
                     "Choose a study's folder; lottery study new begins one"};
    return contents;
}

Result<std::string> page(const Contents& contents, const fs::path& out) {
    std::string body = html_paragraph("Lottery Workbench " + program_version() + ", " + now_utc() +
                                      ". A reproduction of “When BERT Plays the Lottery, All Tickets Are Winning” "
                                      "(arXiv 2005.00561).");
    if (contents.jobs) body += states_section(*contents.jobs);
    if (!contents.jobs_problem.empty())
        body += heading("How far it is") + html_paragraph("The jobs cannot be listed: " + contents.jobs_problem);
    if (contents.board) body += heading("Ours beside the published scores") + html_of(*contents.board);
    if (!contents.scores.empty())
        body += heading("Scores") + html_of(score_table(contents.scores));
    else
        body += heading("Scores") + html_paragraph("Nothing has been evaluated yet.");
    body += checklist_section(contents.items);
    if (!contents.figures.empty()) body += heading("Figures");
    for (const auto& file : contents.figures) {
        LOTTERY_TRY(const std::string svg, read_file(file));
        body += html_svg(svg, file.stem().string());
    }
    if (contents.plan) body += plan_section(*contents.plan);
    body += runs_section(contents, out) + inputs_section(contents);
    return html_page("Study " + settled(contents.study).filename().string(), body);
}

}  // namespace

Outcome<ReportReport> run_report(const ReportRequest& request) {
    return at_job_boundary("study report", [&]() -> Outcome<ReportReport> {
        LOTTERY_CHECK(check_study_is_writable(request.out.parent_path()));
        LOTTERY_TRY(const Contents contents, gather(request));
        LOTTERY_TRY(const std::string html, page(contents, request.out));
        LOTTERY_CHECK(write_file_atomically(request.out, html));
        ReportReport report;
        report.file = request.out;
        report.runs = static_cast<int>(contents.runs.size());
        report.figures = static_cast<int>(contents.figures.size());
        report.complete =
            contents.jobs && contents.jobs->count(JobState::Done) == static_cast<int>(contents.jobs->jobs.size());
        return report;
    });
}

Json to_json(const ReportReport& report) {
    return {{"file", report.file.string()},
            {"runs", report.runs},
            {"figures", report.figures},
            {"complete", report.complete}};
}

}  // namespace lottery
