// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/analysis/text_table.h"
#include "core/study/patterns_run.h"

namespace lottery::cli {
namespace {

constexpr const char* kBuiltIn = "built-in";

std::string text_of(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string ratio_text(const std::optional<double>& value) { return value ? text_of("%.3f", *value) : "–"; }

class EpochLines : public PatternTrainingObserver {
public:
    EpochLines(bool quiet, int epochs) : progress_(quiet), epochs_(epochs) {}
    void on_progress(const Progress& progress) override { progress_.on_progress(progress); }
    void on_message(Severity severity, const std::string& message) override { progress_.on_message(severity, message); }
    // About twenty lines in all.
    void on_pattern_epoch(const PatternEpoch& e) override {
        const int step = std::max(1, epochs_ / 20);
        if (e.epoch % step != 0 && e.epoch != epochs_) return;
        progress_.say("epoch " + std::to_string(e.epoch) + ": loss " + text_of("%.4f", e.train_loss) + ", validation " +
                      text_of("%.4f", e.validation_loss) + ", accuracy " + text_of("%.4f", e.validation_accuracy));
    }

private:
    TerminalProgress progress_;
    int epochs_;
};

std::string description(const ClassifierInfo& info) {
    return describe(info.kind) + " (" + info.trained_on + "), " + std::to_string(info.smallest_map) + " to " +
           std::to_string(info.largest_map) + " tokens";
}

void print_scores(const PatternScores& scores, const std::vector<WrongMap>& wrong, const char* where_all_are) {
    TextCells cells{{"class", "precision", "recall", "F1", "maps"}};
    for (const auto pattern : all_patterns()) {
        cells[0].push_back(std::string("→ ") + to_string(pattern));
        const auto& one = scores.classes[index_of(pattern)];
        auto& row = cells.emplace_back(std::vector<std::string>{to_string(pattern), ratio_text(one.precision),
                                                                ratio_text(one.recall), ratio_text(one.f1),
                                                                std::to_string(one.maps)});
        for (const auto count : scores.confusion[index_of(pattern)]) row.push_back(std::to_string(count));
    }
    std::printf("\n%s\n", aligned_text(cells).c_str());
    constexpr std::size_t kShown = 10;
    for (std::size_t i = 0; i < std::min(wrong.size(), kShown); ++i)
        std::printf("wrong: %s is %s, said to be %s\n", wrong[i].name.c_str(), to_string(wrong[i].label),
                    to_string(wrong[i].predicted));
    if (wrong.size() > kShown) std::printf("and %zu more: %s\n", wrong.size() - kShown, where_all_are);
}

void print_training(const TrainPatternsReport& r, const TrainPatternsRequest& request) {
    std::printf("%s; epoch %d of %d kept\n", description(r.info).c_str(), r.info.best_epoch, r.info.epochs);
    std::printf("right on %lld of %lld validation maps: accuracy %.4f\n", static_cast<long long>(r.scores.correct),
                static_cast<long long>(r.scores.maps), r.scores.accuracy.value_or(0.0));
    print_scores(r.scores, r.wrong, "run.json names them");
    std::printf("%.1f s; classifier in %s\n", r.seconds, request.out.c_str());
}

void print_score_report(const ScorePatternsReport& r) {
    std::printf("classifier %s: %s\n", r.classifier_name.c_str(), description(r.classifier).c_str());
    std::printf("right on %lld of %s: accuracy %.4f\n", static_cast<long long>(r.scores.correct), r.maps.c_str(),
                r.scores.accuracy.value_or(0.0));
    if (r.cropped_maps > 0) std::printf("%d maps were cropped to their top left\n", r.cropped_maps);
    print_scores(r.scores, r.wrong, "--json names them");
}

void add_share_row(TextCells& cells, const std::string& name, const PatternShares& shares, const std::string& heads) {
    auto& row = cells.emplace_back(std::vector<std::string>{name});
    for (const double share : shares) row.push_back(text_of("%.1f%%", share * 100));
    row.push_back(heads);
}

void print_shares(const PatternReport& r, const ClassifyPatternsRequest& request) {
    std::printf("classifier %s: %s\n", r.classifier_name.c_str(), description(r.classifier).c_str());
    std::printf("%s maps of %zu of %lld dev examples of %s", kind_name(r.kind).c_str(), r.example_rows.size(),
                static_cast<long long>(r.dev_examples), std::string(task_info(r.task).name).c_str());
    std::printf(" (%lld too short); %lld maps", static_cast<long long>(r.too_short), static_cast<long long>(r.maps));
    if (r.too_long > 0)
        std::printf(", %lld of them of %lld long examples cropped", static_cast<long long>(r.cropped_maps),
                    static_cast<long long>(r.too_long));
    std::printf("\n\n");
    TextCells cells{{"layer"}};
    for (const auto pattern : all_patterns()) cells[0].emplace_back(to_string(pattern));
    cells[0].emplace_back("heads");
    int all_heads = 0;
    for (int l = 0; l < r.present.layers; ++l) {
        PatternShares mean{};
        int heads = 0;
        for (int h = 0; h < r.present.heads; ++h) {
            if (r.present.at(l, h) == 0.0F) continue;
            ++heads;
            for (std::size_t c = 0; c < pattern_count; ++c) mean[c] += r.of_head(l, h)[c];
        }
        all_heads += heads;
        if (heads == 0) {
            cells.emplace_back(std::vector<std::string>{std::to_string(l + 1), "–", "–", "–", "–", "–", "0"});
            continue;
        }
        for (double& share : mean) share /= heads;
        add_share_row(cells, std::to_string(l + 1), mean, std::to_string(heads));
    }
    add_share_row(cells, "all", r.shares, std::to_string(all_heads));
    std::fputs(aligned_text(cells).c_str(), stdout);
    std::printf("\n%.1f s; every head's shares in %s\n", r.seconds, (request.out / "patterns.json").c_str());
}

void add_train(CLI::App& parent, Action& action) {
    struct State {
        CommonOptions common;
        TrainPatternsRequest request;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& options = request.options;
    auto& command = *parent.add_subcommand("train", "Train a classifier on labelled maps, or on synthetic ones");
    auto* data = command.add_option("--data", request.data,
                                    "Folder of square .npy maps with labels.txt or a .tsv in it or above it");
    auto* labels = command.add_option("--labels", request.label_file, "Label file, where it lies elsewhere");
    labels->needs(data);
    auto* kind = add_named(command, "--kind", request.kind,
                           {{"raw", ClassifierKind::Raw},
                            {"norm", ClassifierKind::Norm},
                            {"norm-published", ClassifierKind::NormAsPublished}},
                           "What the labelled maps are: raw (default), norm, or norm-published");
    auto* synthetic =
        command.add_option("--synthetic", request.synthetic, "Train on so many maps drawn by a program instead");
    data->excludes(synthetic);
    kind->excludes(synthetic);
    command.add_option("--epochs", options.epochs, "Passes over the training maps")->capture_default_str();
    command.add_option("--batch-size", options.batch_size, "Maps per optimizer step")->capture_default_str();
    command.add_option("--learning-rate", options.learning_rate, "Adam's, constant")->capture_default_str();
    command.add_option("--validation-share", options.validation_share, "Share of each class set aside")
        ->capture_default_str();
    command.add_option("--seed", request.seed, "Of weights, order, what is set aside, and synthetic maps")
        ->capture_default_str();
    command.add_option("--out", request.out, "Classifier to write, .safetensors; run.json goes beside it")->required();
    add_common_options(command, state->common);
    command.callback([state, &action, data, synthetic] {
        if (data->count() == 0 && synthetic->count() == 0) throw CLI::RequiredError("--data or --synthetic");
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                EpochLines lines(state->common.quiet, state->request.options.epochs);
                state->request.compute = state->common.compute;
                return run_train_patterns(state->request, std::move(stop), lines);
            }();
            return finish(
                std::move(outcome), state->common, "Nothing was written; the same command starts again.",
                [&](const TrainPatternsReport& r) { print_training(r, state->request); },
                [](const TrainPatternsReport& r) { return to_json(r); });
        };
    });
}

// What --kind and --mode say together.
AttentionKind kind_of(bool norm, Mode mode) {
    if (!norm) return AttentionKind::Raw;
    return mode == Mode::Published ? AttentionKind::NormAsPublished : AttentionKind::Norm;
}

void add_classifier_option(CLI::App& command, std::string& classifier) {
    command
        .add_option("--classifier", classifier,
                    "File that patterns train wrote, or built-in: trained on synthetic maps")
        ->capture_default_str();
}

void add_score(CLI::App& parent, Action& action) {
    struct State {
        CommonOptions common;
        ScorePatternsRequest request;
        std::string classifier = kBuiltIn;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& command = *parent.add_subcommand("score", "How well a classifier tells maps whose classes are known");
    add_classifier_option(command, state->classifier);
    auto* data = command.add_option("--data", request.data,
                                    "Folder of square .npy maps with labels.txt or a .tsv in it or above it");
    command.add_option("--labels", request.label_file, "Label file, where it lies elsewhere")->needs(data);
    auto* kind = add_named(command, "--kind", request.kind,
                           {{"raw", AttentionKind::Raw},
                            {"norm", AttentionKind::Norm},
                            {"norm-published", AttentionKind::NormAsPublished}},
                           "What the labelled maps are: raw (default), norm, or norm-published");
    auto* synthetic = command.add_option("--synthetic", request.synthetic, "Score on so many synthetic maps instead");
    data->excludes(synthetic);
    kind->excludes(synthetic);
    command.add_option("--seed", request.seed, "Of synthetic maps")->capture_default_str()->needs(synthetic);
    add_common_options(command, state->common);
    command.callback([state, &action, data, synthetic] {
        if (data->count() == 0 && synthetic->count() == 0) throw CLI::RequiredError("--data or --synthetic");
        if (state->classifier != kBuiltIn) state->request.classifier = state->classifier;
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_score_patterns(state->request, std::move(stop), progress);
            }();
            return finish(std::move(outcome), state->common, "Nothing was written.", print_score_report,
                          [](const ScorePatternsReport& r) { return to_json(r); });
        };
    });
}

void add_classify(CLI::App& parent, Action& action) {
    struct State {
        CommonOptions common;
        ClassifyPatternsRequest request;
        std::string classifier = kBuiltIn;
        bool norm = false;
        Mode mode = Mode::Rigorous;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& command = *parent.add_subcommand("classify", "Shares of the pattern classes per head of a model");
    add_classifier_option(command, state->classifier);
    add_input_options(command, request.checkpoint, request.task, request.data);
    add_named(command, "--kind", state->norm, {{"raw", false}, {"norm", true}},
              "raw: attention probabilities (default); norm: their products with the norms of what each head takes "
              "from a token");
    add_named(command, "--mode", state->mode, {{"rigorous", Mode::Rigorous}, {"published", Mode::Published}},
              "With --kind norm, rigorous: the formula (default); published: the output projection not transposed");
    command.add_option("--examples", request.examples, "At most so many dev examples")->capture_default_str();
    command.add_option("--seed", request.seed, "Of the choice of examples")->capture_default_str();
    command.add_option("--max-seq-length", request.max_seq_length, "Tokens per example")->capture_default_str();
    add_mask_options(command, request.head_mask, request.mlp_mask);
    command.add_option("--out", request.out, "Folder for patterns.json and run.json")->required();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        if (state->classifier != kBuiltIn) state->request.classifier = state->classifier;
        state->request.kind = kind_of(state->norm, state->mode);
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_classify_patterns(state->request, std::move(stop), progress);
            }();
            return finish(
                std::move(outcome), state->common, "Nothing was written.",
                [&](const PatternReport& r) { print_shares(r, state->request); },
                [](const PatternReport& r) { return to_json(r); });
        };
    });
}

}  // namespace

void add_patterns(CLI::App& app, Action& action) {
    auto& command = *app.add_subcommand("patterns", "Tell what attention maps look like: vertical, diagonal, block, …");
    command.require_subcommand(1);
    add_train(command, action);
    add_score(command, action);
    add_classify(command, action);
    add_patterns_study(command, action);
}

}  // namespace lottery::cli
