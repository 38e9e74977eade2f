// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/hans_run.h"

namespace lottery::cli {
namespace {

void print_line(const std::string& name, const HansScores& scores) {
    std::printf("%-18s", name.c_str());
    for (const auto& score : {scores[0], scores[1], scores.all()}) {
        if (score.examples == 0)
            std::printf("%22s", "–");
        else
            std::printf("   %.4f of %-7lld", score.accuracy(), static_cast<long long>(score.examples));
    }
    std::printf("\n");
}

void print_report(const HansReport& r) {
    std::string classes;
    for (const auto& name : r.classes) classes += (classes.empty() ? "" : ", ") + name;
    std::printf("outputs read as %s\n", classes.c_str());
    std::printf("%-18s   %-17s   %-17s   %s\n", "accuracy", "entailment", "non-entailment", "both");
    for (const auto& [name, scores] : r.heuristics) print_line(name, scores);
    print_line("all", r.overall);
    std::printf("says entailment in %.1f%%\n", r.predicted_entailment_share * 100);
    std::printf("%.2f s, %.1f examples/s\n", r.seconds, static_cast<double>(r.overall.all().examples) / r.seconds);
}

}  // namespace

void add_hans(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        HansRequest request;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;

    auto& command = *app.add_subcommand("hans", "Test an inference model on HANS: accuracy per heuristic");
    command.add_option("--checkpoint", request.checkpoint, "Checkpoint fine-tuned on MNLI, RTE or QNLI")->required();
    command.add_option("--data", request.data, "HANS' heuristics_evaluation_set.txt, or its folder")->required();
    command
        .add_option("--classes", request.classes,
                    "What the model's outputs stand for, in order, separated by commas; all but entailment count as "
                    "non-entailment. Default: as the checkpoint says, otherwise contradiction,entailment,neutral or "
                    "entailment,not_entailment")
        ->delimiter(',');
    add_scored_mask_options(command, request.head_mask, request.mlp_mask, request.weight_mask, request.removal);
    command.add_option("--predictions", request.predictions, "TSV file for every example's prediction and logits");
    command.add_option("--limit", request.limit, "First so many examples, 0: all")->capture_default_str();
    command.add_option("--max-seq-length", request.max_seq_length, "Tokens per example")->capture_default_str();
    add_common_options(command, state->common);

    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_hans(state->request, std::move(stop), progress);
            }();
            return finish(std::move(outcome), state->common, "Nothing was written.", print_report,
                          [](const HansReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
