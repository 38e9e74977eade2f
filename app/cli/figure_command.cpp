// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery figure ID --study DIR --out FILE`.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/task_list.h"
#include "core/figures/scene_json.h"
#include "core/figures/writers.h"
#include "core/study/reference_study.h"
#include "core/study/study_figures.h"

namespace lottery::cli {
namespace fs = std::filesystem;

namespace {

struct State {
    CommonOptions common;
    StudyFigureRequest request;
    fs::path out;
    FigureStyle style;
    double dpi = 300.0;
    bool no_numbers = false, no_title = false;
};

struct Written {
    std::string figure;
    fs::path file;
};

fs::path drawing_program() {
    std::error_code ec;
    const auto own = fs::read_symlink("/proc/self/exe", ec);
    return ec ? fs::path("lottery-draw") : own.parent_path() / "lottery-draw";
}

Status write_all(int to, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const auto count = ::write(to, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            return Error{std::string("cannot be given the figure: ") + std::strerror(errno), "lottery-draw", {}};
        done += static_cast<std::size_t>(count);
    }
    return ok();
}

// PDF and PNG need fonts and painters of Qt, which this program does not know: lottery-draw beside it does.
Status draw_with_qt(const fs::path& out, const Figure& figure, const FigureMetadata& metadata, double dpi) {
    const fs::path program = drawing_program();
    std::error_code ec;
    if (!fs::exists(program, ec))
        return Error{"draws PDF and PNG, and is not there", program.string(),
                     "Write .svg or .csv, or build with the window (LOTTERY_GUI)"};
    int input[2];
    if (::pipe2(input, O_CLOEXEC) != 0)
        return Error{std::string("no pipe: ") + std::strerror(errno), program.string(), {}};
    std::ostringstream resolution;
    resolution << dpi;
    std::string name = program.string(), file = out.string(), dots = resolution.str();
    char* const arguments[] = {name.data(), file.data(), dots.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, name.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    if (failed != 0) {
        ::close(input[1]);
        return Error{std::string("cannot be started: ") + std::strerror(failed), name, {}};
    }
    // A child that ends early is told of by its exit code, not by a signal.
    std::signal(SIGPIPE, SIG_IGN);
    const auto given = write_all(input[1], to_json(figure.scene, metadata).dump());
    ::close(input[1]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return Error{"could not be drawn; the reason stands above", out.string(), {}};
    return given;
}

Result<Written> write(const State& state) {
    const auto ending = state.out.extension().string();
    if (ending != ".pdf" && ending != ".svg" && ending != ".png" && ending != ".csv")
        return Error{"the ending is \"" + ending + "\", .pdf, .svg, .png or .csv was expected", state.out.string(), {}};
    LOTTERY_CHECK(check_study_is_writable(state.out.parent_path()));
    auto request = state.request;
    request.annotate = !state.no_numbers;
    request.title = !state.no_title;
    LOTTERY_TRY(const StudyFigure read, read_study_figure(request));
    const Figure figure = draw_study_figure(read, request.title, state.style);
    if (ending == ".csv") {
        LOTTERY_CHECK(write_csv(state.out, figure.data));
    } else if (ending == ".svg") {
        LOTTERY_CHECK(write_svg(state.out, figure.scene, metadata_of(request)));
    } else {
        LOTTERY_CHECK(draw_with_qt(state.out, figure, metadata_of(request), state.dpi));
    }
    return Written{std::string(info(request.kind).id), state.out};
}

std::string figure_list() {
    std::string text = "What to draw:";
    for (const auto& figure : all_study_figures())
        text += "\n  " + std::string(figure.id) + "  " + std::string(figure.description);
    return text;
}

}  // namespace

void add_figure(CLI::App& app, Action& action) {
    auto state = std::make_shared<State>();
    auto& command = *app.add_subcommand("figure", "Draws a figure of a study");
    std::map<std::string, StudyFigureKind> figures;
    for (const auto& figure : all_study_figures()) figures.emplace(figure.id, figure.kind);
    auto& request = state->request;
    command
        .add_option_function<std::string>(
            "figure", [&request, figures](const std::string& id) { request.kind = figures.at(id); }, figure_list())
        ->required()
        ->check(CLI::IsMember(figures));
    command.add_option("--study", request.study, "Study, also an imported one")->required();
    command.add_option("--out", state->out, "File to write: .pdf, .svg, .png or .csv")->required();
    command.add_option("--setting", request.setting, "Folder in masks/ (default heads_mlps; of magnitude: global)");
    command.add_option("--compare", request.compare,
                       "Of survival, task-survival and magnitude: minus this setting, as a signed map");
    command.add_option("--compare-study", request.compare_study,
                       "Likewise, minus the setting of this study, as an imported one");
    add_named(command, "--components", request.components,
              {{"heads", MaskedComponents::Heads}, {"mlps", MaskedComponents::Mlps}},
              "Of overlap, agreement, jaccard and importances: heads (default) or mlps");
    add_named(command, "--family", request.family,
              {{"structured", ExperimentFamily::Structured},
               {"super", ExperimentFamily::Super},
               {"magnitude", ExperimentFamily::Magnitude}},
              "Of evaluation: structured (default), super or magnitude");
    add_task_list_option(command, request.tasks);
    command.add_option("--seeds", request.seeds, "Only these seeds, as 1337,42")->delimiter(',');
    command.add_option("--persistence", request.persistence, "Of rank-biased overlap, between 0 and 1")
        ->check(CLI::Range(0.001, 0.999));
    command.add_option("--width", state->style.width_mm, "mm (default 85, one column; two are 175)")
        ->check(CLI::Range(20.0, 2000.0));
    command.add_option("--height", state->style.height_mm, "mm (default: what suits the figure)")
        ->check(CLI::Range(20.0, 2000.0));
    command.add_option("--font-size", state->style.font_pt, "Points, of labels (default 8)")
        ->check(CLI::Range(3.0, 72.0));
    command.add_option("--dpi", state->dpi, "Of PNG (default 300)")->check(CLI::Range(36.0, 2400.0));
    command.add_flag("--no-numbers", state->no_numbers, "No numbers in cells");
    command.add_flag("--no-title", state->no_title, "No title");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            return finish(
                Outcome<Written>(write(*state)), state->common, "Nothing was written.",
                [](const Written& written) { std::printf("%s\n", written.file.c_str()); },
                [](const Written& written) {
                    return Json{{"figure", written.figure}, {"file", written.file.string()}};
                });
        };
    });
}

}  // namespace lottery::cli
