// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/hans_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/study/job_boundary.h"
#include "core/study/masked_model.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"

namespace lottery {
namespace {

constexpr const char* kSayClasses =
    "Say with --classes what the outputs stand for, such as contradiction,entailment,neutral";

bool has_one_entailment(const std::vector<std::string>& classes) {
    return std::count_if(classes.begin(), classes.end(), names_entailment) == 1;
}

// What a task's outputs stand for in GLUE's order.
std::vector<std::string> classes_of(TaskId task) {
    const auto& names = task_info(task).classes;
    return {names.begin(), names.end()};
}

Result<std::vector<std::string>> read_classes(const HansRequest& request, const BertConfig& config) {
    const auto outputs = static_cast<std::size_t>(config.num_labels);
    if (!request.classes.empty()) {
        if (request.classes.size() == outputs) return request.classes;
        return Error{
            std::to_string(request.classes.size()) + " found, the model has " + std::to_string(outputs) + " outputs",
            "--classes", "Name every output, in order"};
    }
    if (config.labels.size() == outputs && has_one_entailment(config.labels)) return config.labels;
    // A paraphrase model has two outputs as well.
    LOTTERY_TRY(const Json trained_by, training_inputs(request.checkpoint));
    if (trained_by.is_object() && trained_by.contains("task") && trained_by["task"].is_string()) {
        const auto name = trained_by["task"].get<std::string>();
        const auto task = parse_task(name);
        const auto classes = task ? classes_of(*task) : std::vector<std::string>();
        if (!has_one_entailment(classes))
            return Error{"the model was trained on " + name + ", which does not tell entailment",
                         request.checkpoint.string(), kSayClasses};
        if (classes.size() == outputs) return classes;
    }
    for (const auto task : {TaskId::MNLI, TaskId::RTE})
        if (classes_of(task).size() == outputs) return classes_of(task);
    return Error{"the model has " + std::to_string(outputs) + " outputs, 2 or 3 expected", request.checkpoint.string(),
                 kSayClasses};
}

std::string predictions_tsv(const HansFile& file, const Predictions& predictions, const std::vector<std::string>& names,
                            const std::vector<HansLabel>& answers) {
    std::string tsv = "line\theuristic\tsubcase\tprediction\texpected\tclass";
    for (const auto& name : names) tsv += "\tlogit_" + name;
    tsv += '\n';
    const auto classes = predictions.predicted_classes();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& example = file.examples[i];
        tsv += std::to_string(example.line) + '\t' + example.heuristic + '\t' + example.subcase + '\t' +
               to_string(answers[i]) + '\t' + to_string(example.gold()) + '\t' +
               names[static_cast<std::size_t>(classes[i])];
        for (std::size_t c = 0; c < names.size(); ++c) {
            char text[32];
            std::snprintf(text, sizeof text, "\t%.9g", predictions.logits[i * names.size() + c]);
            tsv += text;
        }
        tsv += '\n';
    }
    return tsv;
}

Outcome<HansReport> test_on_hans(const HansRequest& request, std::stop_token stop, ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    LOTTERY_TRY(const BertConfig config, read_bert_config(request.checkpoint));
    HansReport report;
    LOTTERY_TRY(report.classes, read_classes(request, config));
    LOTTERY_TRY(const HansFile file, read_hans(request.data, request.limit));
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    std::vector<Features> features;
    for (const auto& example : file.examples)
        features.push_back(make_features(tokenizer, example.pair, true, request.max_seq_length));
    LOTTERY_TRY(auto masked, load_masked_model(request.checkpoint, config.num_labels, device,
                                               {request.head_mask, request.mlp_mask, request.weight_mask}, progress));
    if (!masked.loaded.initialised.empty())
        return Error{"the checkpoint has no " + masked.loaded.initialised.front() + ": it has learned no task yet",
                     request.checkpoint.string(), "Fine-tune it on MNLI, RTE or QNLI first"};
    auto& model = masked.loaded.model;

    const auto start = std::chrono::steady_clock::now();
    LOTTERY_TRY(const auto predictions,
                predict(model, model->plan(masked.masks, request.removal), features, "HANS", stop, progress));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (std::any_of(predictions.logits.begin(), predictions.logits.end(), [](float x) { return !std::isfinite(x); }))
        return Error{"the model's outputs are not finite", request.checkpoint.string(), "Is its training broken?"};

    std::vector<HansLabel> answers;
    for (const int c : predictions.predicted_classes())
        answers.push_back(names_entailment(report.classes[static_cast<std::size_t>(c)]) ? HansLabel::Entailment
                                                                                        : HansLabel::NonEntailment);
    std::int64_t entailed = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& example = file.examples[i];
        const auto gold = static_cast<std::size_t>(example.gold());
        const HansScore one{1, answers[i] == example.gold() ? 1 : 0};
        report.overall[gold] += one;
        report.heuristics[example.heuristic][gold] += one;
        if (!example.subcase.empty()) report.subcases[example.subcase][gold] += one;
        entailed += answers[i] == HansLabel::Entailment ? 1 : 0;
    }
    report.predicted_entailment_share = static_cast<double>(entailed) / static_cast<double>(answers.size());
    if (request.predictions)
        LOTTERY_CHECK(
            write_file_atomically(*request.predictions, predictions_tsv(file, predictions, report.classes, answers)));
    return report;
}

Json to_json(const HansScores& scores) {
    const auto one = [](const HansScore& score) {
        return Json{{"examples", score.examples},
                    {"accuracy", score.examples == 0 ? Json(nullptr) : Json(score.accuracy())}};
    };
    return {{"entailment", one(scores[0])}, {"non_entailment", one(scores[1])}, {"all", one(scores.all())}};
}

Json to_json(const std::map<std::string, HansScores>& by_name) {
    Json json = Json::object();
    for (const auto& [name, scores] : by_name) json[name] = to_json(scores);
    return json;
}

}  // namespace

bool names_entailment(std::string_view name) {
    constexpr std::string_view kName = "entailment";
    return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                      [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); });
}

double HansScore::accuracy() const {
    return examples == 0 ? std::numeric_limits<double>::quiet_NaN()
                         : static_cast<double>(correct) / static_cast<double>(examples);
}

HansScore& HansScore::operator+=(const HansScore& other) {
    examples += other.examples;
    correct += other.correct;
    return *this;
}

HansScore HansScores::all() const {
    HansScore sum = front();
    return sum += back();
}

Outcome<HansReport> run_hans(const HansRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("hans", [&] { return test_on_hans(request, stop, progress); });
}

Json to_json(const HansReport& report) {
    return {{"classes", report.classes},
            {"overall", to_json(report.overall)},
            {"heuristics", to_json(report.heuristics)},
            {"subcases", to_json(report.subcases)},
            {"predicted_entailment_share", report.predicted_entailment_share},
            {"seconds", report.seconds}};
}

}  // namespace lottery
