// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/duration_text.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/study/study_plan.h"
#include "core/study/study_run.h"

namespace lottery::cli {
namespace {

namespace fs = std::filesystem;

// A line when a job begins and when it ends; what happens within it only moves the bar.
class StudyProgress : public StudyObserver {
public:
    explicit StudyProgress(bool quiet) : terminal_(quiet, TerminalProgress::Detail::Stages) {}

    void on_progress(const Progress& p) override {
        say_begun();
        terminal_.on_progress(p);
    }
    void on_message(Severity severity, const std::string& message) override {
        say_begun();
        terminal_.on_message(severity, message);
    }
    void on_study(const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& states) override {
        jobs_ = jobs;
        const auto done =
            std::count_if(states.begin(), states.end(), [](const JobStatus& s) { return s.state == JobState::Done; });
        terminal_.say(std::to_string(done) + " of " + std::to_string(jobs.size()) + " jobs are done already");
    }
    void on_job_begin(std::size_t job, const JobStatus& found) override {
        line_ = std::to_string(job + 1) + " of " + std::to_string(jobs_.size()) + "  " + title(jobs_[job]);
        if (found.state == JobState::Outdated) line_ += ", again: " + found.why;
        if (found.state == JobState::Interrupted) line_ += ", " + found.why;
        begun_ = true;
    }
    void on_seconds_left(double seconds) override { line_ += "  (" + duration_text(seconds) + " left for the study)"; }
    void on_job_end(std::size_t job, const JobStatus& status) override {
        say_begun();
        if (status.state == JobState::Failed)
            terminal_.on_message(Severity::Error, title(jobs_[job]) + " failed: " + status.why);
    }

private:
    // With the time left where it is told, which comes after the job's name.
    void say_begun() {
        if (std::exchange(begun_, false)) terminal_.say(line_);
    }

    TerminalProgress terminal_;
    std::vector<StudyJob> jobs_;
    std::string line_;
    bool begun_ = false;
};

struct NewStudy {
    CommonOptions common;
    fs::path folder;
    StudyPreset preset = StudyPreset::Quick;
    Mode mode = Mode::Rigorous;
    // What was given beside the preset, in place of its values.
    std::vector<std::function<void(StudyPlan&)>> given;
    std::vector<TaskId> tasks;
};

template <typename T>
void add_given(CLI::App& command, NewStudy& state, const std::string& name, const std::string& help,
               std::function<void(StudyPlan&, const T&)> set) {
    command.add_option_function<T>(
        name,
        [&state, set](const T& value) { state.given.push_back([set, value](StudyPlan& plan) { set(plan, value); }); },
        help);
}

Result<StudyPlan> plan_of(const NewStudy& state) {
    StudyPlan plan = preset_plan(state.preset, state.mode);
    if (!state.tasks.empty()) plan.tasks = state.tasks;
    for (const auto& set : state.given) set(plan);
    plan.compute = state.common.compute;
    // Seen from wherever the study is run later.
    if (state.preset != StudyPreset::Demo) {
        if (!plan.checkpoint.empty()) plan.checkpoint = fs::absolute(plan.checkpoint).lexically_normal();
        if (!plan.data.empty()) plan.data = fs::absolute(plan.data).lexically_normal();
    }
    return plan;
}

Status begin_study(const NewStudy& state) {
    LOTTERY_TRY(const StudyPlan plan, plan_of(state));
    LOTTERY_CHECK(check_study_plan(plan, (state.folder / "study.json").string()));
    std::error_code ec;
    for (const auto& [path, what] : {std::pair{plan.checkpoint, "--checkpoint"}, {plan.data, "--data"}})
        if (path.is_absolute() && !fs::is_directory(path, ec))
            return Error{"no such folder", path.string(), std::string("Give another ") + what};
    return write_study(state.folder, plan);
}

void print_report(const StudyReport& report) {
    std::size_t width = 0;
    for (const auto& job : report.jobs) width = std::max(width, title(job).size());
    for (std::size_t i = 0; i < report.jobs.size(); ++i) {
        const auto& status = report.states[i];
        std::printf("%-*s  %s%s%s\n", static_cast<int>(width), title(report.jobs[i]).c_str(), to_string(status.state),
                    status.why.empty() ? "" : "  ", status.why.c_str());
    }
    std::string counts;
    for (const auto state : all_job_states())
        if (const int count = report.count(state); count > 0)
            counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + to_string(state);
    std::printf("%zu jobs: %s", report.jobs.size(), counts.c_str());
    if (report.seconds_left && report.count(JobState::Done) < static_cast<int>(report.jobs.size()))
        std::printf("; %s left on this machine", duration_text(*report.seconds_left).c_str());
    std::printf("\n");
}

void add_new(CLI::App& study, Action& action) {
    auto state = std::make_shared<NewStudy>();
    auto& command = *study.add_subcommand("new", "Begins a study: writes its plan, study.json");
    command.add_option("folder", state->folder, "New folder for the study")->required();
    std::map<std::string, StudyPreset> presets;
    for (const auto preset : all_study_presets()) presets[to_string(preset)] = preset;
    add_named(command, "--preset", state->preset, presets,
              "quick: 2 small tasks, 3 seeds, subsets; paper: 9 tasks, 5 seeds, all settings; demo: tasks and model of "
              "its own, no --checkpoint and --data needed");
    add_named(command, "--mode", state->mode, {{"published", Mode::Published}, {"rigorous", Mode::Rigorous}},
              "As the paper's code did, or rigorous (default)");
    add_given<std::string>(command, *state, "--checkpoint", "Pre-trained Hugging Face folder",
                           [](StudyPlan& plan, const std::string& path) { plan.checkpoint = path; });
    add_given<std::string>(command, *state, "--data", "GLUE folder",
                           [](StudyPlan& plan, const std::string& path) { plan.data = path; });
    add_task_list_option(command, state->tasks);
    command
        .add_option_function<std::vector<std::uint64_t>>(
            "--seeds",
            [given = &state->given](const std::vector<std::uint64_t>& seeds) {
                given->push_back([seeds](StudyPlan& plan) { plan.seeds = seeds; });
            },
            "Seeds of fine-tuning, separated by commas")
        ->delimiter(',');
    std::map<std::string, StudySetting> settings;
    for (const auto setting : all_study_settings()) settings[to_string(setting)] = setting;
    command
        .add_option_function<std::vector<std::string>>(
            "--settings",
            [given = &state->given, settings](const std::vector<std::string>& names) {
                std::vector<StudySetting> chosen;
                for (const auto& name : names) chosen.push_back(settings.at(name));
                given->push_back([chosen](StudyPlan& plan) { plan.settings = chosen; });
            },
            "Masks to make, separated by commas")
        ->delimiter(',')
        ->check(CLI::IsMember(settings));
    command.add_flag_callback(
        "--no-retrain", [given = &state->given] { given->push_back([](StudyPlan& plan) { plan.retrain = false; }); },
        "Subnetworks are not trained again");
    add_given<int>(command, *state, "--epochs", "Passes over the training set",
                   [](StudyPlan& plan, const int& n) { plan.training.epochs = n; });
    add_given<double>(command, *state, "--learning-rate", "Peak, decays linearly to 0",
                      [](StudyPlan& plan, const double& rate) { plan.training.learning_rate = rate; });
    add_given<int>(command, *state, "--max-seq-length", "Tokens per example", [](StudyPlan& plan, const int& n) {
        plan.training.max_seq_length = plan.search.max_seq_length = plan.magnitude.max_seq_length = n;
    });
    add_given<std::int64_t>(command, *state, "--hold-out",
                            "Training examples set aside for mask searches; default: as many as dev has",
                            [](StudyPlan& plan, const std::int64_t& n) { plan.hold_out = n; });
    add_given<std::int64_t>(command, *state, "--limit-train", "First so many training examples, 0: all",
                            [](StudyPlan& plan, const std::int64_t& n) { plan.training.limit_train = n; });
    add_given<std::int64_t>(command, *state, "--limit-dev", "First so many dev examples, 0: all",
                            [](StudyPlan& plan, const std::int64_t& n) {
                                plan.training.limit_dev = plan.search.limit_dev = plan.magnitude.limit_dev = n;
                            });
    add_given<std::int64_t>(command, *state, "--save-steps", "Steps between resume points, 0: one per epoch",
                            [](StudyPlan& plan, const std::int64_t& n) { plan.training.save_steps = n; });
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            const auto begun = [&]() -> Outcome<StudyReport> {
                LOTTERY_CHECK(begin_study(*state));
                auto report = study_report(state->folder);
                if (report) return *std::move(report);
                // The plan stands all the same, and can be estimated.
                TerminalProgress(state->common.quiet)
                    .on_message(Severity::Warning,
                                "the plan is written; its jobs are not known before this is mended: " +
                                    report.error().to_string());
                return StudyReport{};
            };
            const auto print = [&](const StudyReport& report) {
                if (!report.jobs.empty()) std::printf("%zu jobs; ", report.jobs.size());
                std::printf("do them with: lottery study run %s\n", state->folder.c_str());
            };
            return finish(begun(), state->common, "", print, [](const StudyReport& r) { return to_json(r); });
        };
    });
}

void add_run(CLI::App& study, Action& action, const char* name, const char* help) {
    struct State {
        CommonOptions common;
        StudyRunRequest request;
        std::vector<std::string> first;
    };
    auto state = std::make_shared<State>();
    auto& command = *study.add_subcommand(name, help);
    command.add_option("folder", state->request.study, "The study's folder")->required();
    command.add_option("--only", state->request.only, "Jobs, separated by commas, by the ids of status --json")
        ->delimiter(',');
    command.add_option("--first", state->first, "Jobs to do before the others, likewise")->delimiter(',');
    add_common_options(command, state->common);
    command.callback([state, &command, &action] {
        if (!state->first.empty()) {
            auto order = std::make_shared<StudyOrder>();
            order->set_first(state->first);
            state->request.order = std::move(order);
        }
        if (command.count("--device") + command.count("--threads") > 0) state->request.compute = state->common.compute;
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                StudyProgress progress(state->common.quiet);
                return run_study(state->request, std::move(stop), progress);
            }();
            const bool failed = outcome.done() && !outcome->failures.empty();
            const auto print = [&](const StudyRunReport& report) {
                std::printf("%d jobs: %d done, %d done before, %zu failed, %d waiting for one that failed; %.0f s\n",
                            report.jobs, report.done, report.done_before, report.failures.size(), report.waiting,
                            report.seconds);
            };
            if (failed)
                for (const auto& failure : outcome->failures)
                    std::fprintf(stderr, "lottery: %s: %s\n", failure.title.c_str(), failure.error.to_string().c_str());
            const int code =
                finish(std::move(outcome), state->common,
                       "What is done stays done; go on with: lottery study resume " + state->request.study.string(),
                       print, [](const StudyRunReport& r) { return to_json(r); });
            return failed && code == kDone ? kFailed : code;
        };
    });
}

void add_status(CLI::App& study, Action& action) {
    struct State {
        CommonOptions common;
        fs::path folder;
    };
    auto state = std::make_shared<State>();
    auto& command = *study.add_subcommand("status", "What is done, what is out of date and why, what is missing");
    command.add_option("folder", state->folder, "The study's folder")->required();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            return finish(Outcome<StudyReport>(study_report(state->folder)), state->common, "", print_report,
                          [](const StudyReport& r) { return to_json(r); });
        };
    });
}

}  // namespace

void add_study(CLI::App& app, Action& action) {
    auto& study = *app.add_subcommand("study", "A whole study from its plan: models, masks, controls, scores, figures");
    study.require_subcommand(1);
    add_new(study, action);
    add_run(study, action, "run", "Does what is missing or out of date");
    add_run(study, action, "resume", "The same: goes on with a study that was interrupted");
    add_status(study, action);
    add_study_estimate(study, action);
    add_study_report(study, action);
    add_study_diff(study, action);
}

}  // namespace lottery::cli
