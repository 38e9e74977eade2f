// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/magnitude_runs.h"
#include "core/study/subnetwork_runs.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    SubnetworkRequest request;
    MagnitudeControlRequest weights;
    std::optional<Mode> mode;
    std::optional<RandomSize> random_size;
    std::optional<BadFill> bad_fill;
};

void print_report(const SubnetworkReport& r, const SubnetworkRequest& request) {
    const auto& heads = r.overlap.heads;
    std::printf("good mask: %d of %d heads", heads.good, heads.all);
    if (r.has_mlps) std::printf(", %d of %d MLPs", r.overlap.mlps.good, r.overlap.mlps.all);
    std::printf("\n%s mask: %s\n", to_string(r.kind), overlap_text(r.overlap, r.has_mlps).c_str());
    std::printf("written to %s\n", request.out.c_str());
}

void print_weight_report(const MagnitudeControlReport& r, const MagnitudeControlRequest& request) {
    std::printf("%s mask: %lld of %lld weights kept (%.1f%%), %lld of them in the good mask too (%.1f%%)\n",
                to_string(r.control), static_cast<long long>(r.survival.kept),
                static_cast<long long>(r.survival.prunable), 100 * r.survival.kept_share(),
                static_cast<long long>(r.overlap), 100 * r.overlap_share());
    std::printf("written to %s\n", request.out.c_str());
}

int control_components(const State& state) {
    const auto print = [&](const SubnetworkReport& r) { print_report(r, state.request); };
    return finish(Outcome<SubnetworkReport>(run_subnetwork(state.request)), state.common, "Nothing was written.", print,
                  [](const SubnetworkReport& r) { return to_json(r); });
}

int control_weights(const State& state) {
    const auto print = [&](const MagnitudeControlReport& r) { print_weight_report(r, state.weights); };
    return finish(run_magnitude_control(state.weights), state.common, "Nothing was written.", print,
                  [](const MagnitudeControlReport& r) { return to_json(r); });
}

// Magnitude masks have a random and a bad control, of exactly their size in either mode.
void add_weight_options(CLI::App& command, State& state, ControlKind kind, CLI::Option& head_mask) {
    state.weights.control = kind == ControlKind::Random ? MagnitudeControl::Random : MagnitudeControl::Bad;
    auto* weight_mask = command.add_option("--weight-mask", state.weights.weight_mask,
                                           "Instead: a good weight_mask.safetensors of magnitude pruning");
    auto* checkpoint = command.add_option("--checkpoint", state.weights.checkpoint,
                                          "With --weight-mask: the model in which it was found");
    weight_mask->needs(checkpoint)->excludes(&head_mask)->excludes("--mlp-mask")->excludes("--mode");
    weight_mask->excludes(kind == ControlKind::Random ? "--size" : "--fill");
    checkpoint->needs(weight_mask);
}

void add_kind(CLI::App& parent, Action& action, ControlKind kind, const char* help) {
    auto state = std::make_shared<State>();
    auto& request = state->request;
    request.kind = kind;
    auto& command = *parent.add_subcommand(to_string(kind), help);
    auto* head_mask =
        command.add_option("--head-mask", request.head_mask, "The good mask's head_mask.npy [layers, heads]");
    command.add_option("--mlp-mask", request.mlp_mask, "The good mask's mlp_mask.npy [layers]; without it heads alone")
        ->needs(head_mask);
    command.add_option("--out", request.out, "Folder for the control's masks and run.json")->required();
    command.add_option("--seed", request.seed, "Of the draw")->capture_default_str();
    add_choice<Mode>(command, "--mode", state->mode, {{"published", Mode::Published}, {"rigorous", Mode::Rigorous}},
                     "As the paper's code did it, or rigorous (default); sets the defaults of other options");
    if (kind == ControlKind::Random)
        add_choice<RandomSize>(command, "--size", state->random_size,
                               {{"drawn", RandomSize::Drawn}, {"exact", RandomSize::Exact}},
                               "Each component kept with the good mask's share (published default), or exactly as many "
                               "as it has (rigorous default)");
    if (kind == ControlKind::Bad)
        add_choice<BadFill>(command, "--fill", state->bad_fill, {{"good", BadFill::Good}, {"none", BadFill::None}},
                            "Where too little is left out by the good mask: topped up from it (default), or smaller");
    if (kind == ControlKind::Invert)
        head_mask->required();
    else
        add_weight_options(command, *state, kind, *head_mask);
    add_common_options(command, state->common);
    command.callback([state, head_mask, &action] {
        auto& chosen = state->request;
        chosen.mode = state->mode.value_or(Mode::Rigorous);
        const auto defaults = ControlOptions::for_mode(chosen.mode);
        chosen.options.random_size = state->random_size.value_or(defaults.random_size);
        chosen.options.bad_fill = state->bad_fill.value_or(defaults.bad_fill);
        state->weights.out = state->request.out;
        state->weights.seed = state->request.seed;
        const bool weights = !state->weights.weight_mask.empty();
        if (!weights && head_mask->count() == 0) throw CLI::RequiredError("--head-mask or --weight-mask");
        action = [state, weights](std::stop_token) {
            return weights ? control_weights(*state) : control_components(*state);
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
