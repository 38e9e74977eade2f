// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/run_json.h"

#include <limits>

#include "core/study/provenance.h"

namespace lottery {
namespace {

Metrics metrics_from_json(const Json& json) {
    Metrics metrics;
    for (const auto& [name, value] : json.items())
        metrics[name] = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
    return metrics;
}

}  // namespace

Json to_json(const FinetuneReport& r) {
    return {{"task", task_info(r.task).name},
            {"seed", r.seed},
            {"metrics_before", to_json(r.metrics_before)},
            {"metrics", to_json(r.metrics)},
            {"steps", r.steps},
            {"examples", r.examples},
            {"seconds", r.seconds},
            {"examples_per_second", r.examples_per_second},
            {"device", r.device}};
}

Json to_json(const EvaluateReport& r) {
    Json json{{"task", task_info(r.task).name},
              {"metrics", to_json(r.metrics)},
              {"majority_baseline", to_json(r.majority_baseline)},
              {"loss", r.loss},
              {"examples", r.examples},
              {"seconds", r.seconds},
              {"parameters", r.parameters},
              {"parameters_kept", r.parameters_kept},
              {"parameters_kept_share", r.parameters_kept_share},
              {"kept_heads", r.kept_heads},
              {"kept_mlps", r.kept_mlps},
              {"mean_tokens", r.mean_tokens},
              {"multiply_adds", r.multiply_adds},
              {"multiply_adds_full", r.multiply_adds_full},
              {"predicted_share", to_json(r.predicted_share)}};
    if (r.masked) {
        json["removal"] = to_string(r.removal);
        for (const auto& [removal, metrics] : r.by_removal)
            json["metrics_by_removal"][to_string(removal)] = to_json(metrics);
        json["layers_left_without_heads"] = r.layers_left_without_heads;
        json["layers_left_without_neurons"] = r.layers_left_without_neurons;
    }
    if (r.without_residuals)
        json["without_residuals"] = {{"attention", r.without_residuals->attention},
                                     {"mlp", r.without_residuals->mlp},
                                     {"layers", r.without_residuals->layers}};
    for (const auto& speed : r.speed)
        json["speed"].push_back(
            {{"batch", speed.batch}, {"whole_ms", speed.whole_ms}, {"removed_ms", speed.removed_ms}});
    return json;
}

Json to_json(const RemoveReport& r) {
    return {{"kept_heads", r.kept_heads},
            {"kept_mlps", r.kept_mlps},
            {"parameters_before", r.parameters_before},
            {"parameters", r.parameters},
            {"parameters_kept_share", r.parameters_kept_share},
            {"loads_in_transformers", r.loads_in_transformers}};
}

Json to_json(const BenchReport& report) {
    Json rows = Json::array();
    const auto known = [](double value) { return value > 0 ? Json(value) : Json(nullptr); };
    for (const auto& r : report.rows)
        rows.push_back({{"name", r.name},
                        {"shape", r.shape},
                        {"examples_per_second", known(r.examples_per_second)},
                        {"tokens_per_second", known(r.tokens_per_second)},
                        {"gflops", known(r.gflops)},
                        {"share_of_gemm_peak", known(r.share_of_gemm_peak)}});
    return {{"machine", report.machine}, {"threads", report.threads}, {"libtorch", report.libtorch}, {"rows", rows}};
}

Json mask_search_header(const MaskRequest& request) {
    Json header{{"format", 1},
                {"task", task_info(request.task).name},
                {"kind", to_string(request.options.kind)},
                {"mode", to_string(request.options.mode)},
                {"split", to_string(request.options.split)},
                {"criterion", to_string(request.options.criterion)}};
    if (request.options.kind == SearchKind::HeadsMlps)
        header["phase_importance"] = to_string(request.options.phase_importance);
    if (request.options.criterion == Criterion::Gradient) header["gradient"] = to_string(request.options.gradient);
    return header;
}

Result<FinetuneReport> finetune_report_from_json(const Json& json, const std::string& place) {
    try {
        FinetuneReport r;
        LOTTERY_TRY(r.task, parse_task(json.at("task").get<std::string>()));
        json.at("seed").get_to(r.seed);
        r.metrics_before = metrics_from_json(json.at("metrics_before"));
        r.metrics = metrics_from_json(json.at("metrics"));
        json.at("steps").get_to(r.steps);
        json.at("examples").get_to(r.examples);
        json.at("seconds").get_to(r.seconds);
        json.at("examples_per_second").get_to(r.examples_per_second);
        json.at("device").get_to(r.device);
        return r;
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not the record of a fine-tuning run (") + e.what() + ")", place, {}};
    }
}

Status first_problem(const std::vector<FieldProblem>& problems) {
    if (problems.empty()) return ok();
    return Error{problems.front().message, "--" + problems.front().field, {}};
}

}  // namespace lottery
