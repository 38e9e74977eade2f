// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/study/subnetwork_runs.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    SubnetworkRequest request;
    std::optional<Mode> mode;
};

void print_report(const SubnetworkReport& r, const SubnetworkRequest& request) {
    const auto& heads = r.overlap.heads;
    std::printf("good mask: %d of %d heads", heads.good, heads.all);
    if (r.has_mlps) std::printf(", %d of %d MLPs", r.overlap.mlps.good, r.overlap.mlps.all);
    std::printf("\n%s mask: %s\n", to_string(r.kind), overlap_text(r.overlap, r.has_mlps).c_str());
    std::printf("written to %s\n", request.out.c_str());
}

void add_kind(CLI::App& parent, Action& action, ControlKind kind, const char* help) {
    auto state = std::make_shared<State>();
    auto& request = state->request;
    request.kind = kind;
    auto& command = *parent.add_subcommand(to_string(kind), help);
    command.add_option("--head-mask", request.head_mask, "The good mask's head_mask.npy [layers, heads]")->required();
    command.add_option("--mlp-mask", request.mlp_mask, "The good mask's mlp_mask.npy [layers]; without it heads alone");
    command.add_option("--out", request.out, "Folder for head_mask.npy, mlp_mask.npy and run.json")->required();
    command.add_option("--seed", request.seed, "Of the draw")->capture_default_str();
    add_choice<Mode>(command, "--mode", state->mode, {{"published", Mode::Published}, {"rigorous", Mode::Rigorous}},
                     "Of a random mask: each component kept with the good mask's share, or exactly its size (default). "
                     "The other kinds are the same in both");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        state->request.mode = state->mode.value_or(Mode::Rigorous);
        action = [state](std::stop_token) {
            const auto print = [&](const SubnetworkReport& r) { print_report(r, state->request); };
            return finish(Outcome<SubnetworkReport>(run_subnetwork(state->request)), state->common,
                          "Nothing was written.", print, [](const SubnetworkReport& r) { return to_json(r); });
        };
    });
}

}  // namespace

void add_subnetwork(CLI::App& app, Action& action) {
    auto& command = *app.add_subcommand("subnetwork", "Make a control for a found mask: random, bad or inverted");
    command.require_subcommand(1);
    add_kind(command, action, ControlKind::Random, "Random components, as many as the good mask has");
    add_kind(command, action, ControlKind::Bad,
             "What the good mask leaves out, topped up from it at random where that is too little");
    add_kind(command, action, ControlKind::Invert, "Exactly what the good mask leaves out");
}

}  // namespace lottery::cli
