// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/attention_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/field_check.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"

namespace lottery {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMapsFile = "attention.npy";
constexpr const char* kTokensFile = "tokens.json";

Result<AttentionText> text_of(const AttentionRequest& request) {
    if (request.text) return *request.text;
    LOTTERY_TRY(auto texts, read_task_texts(*request.task, request.data, request.split));
    if (request.example < 0 || request.example >= static_cast<std::int64_t>(texts.size()))
        return Error{
            "there is no example " + std::to_string(request.example) + ", the file has " + std::to_string(texts.size()),
            "--example", "Examples count from 0"};
    return std::move(texts[static_cast<std::size_t>(request.example)]);
}

Json by_layer(const HeadMatrix& matrix) {
    Json layers = Json::array();
    for (int l = 0; l < matrix.layers; ++l) {
        Json heads = Json::array();
        for (int h = 0; h < matrix.heads; ++h)
            heads.push_back(std::isfinite(matrix.at(l, h)) ? Json(matrix.at(l, h)) : Json(nullptr));
        layers.push_back(std::move(heads));
    }
    return layers;
}

Status check_free(const fs::path& folder) {
    std::error_code ec;
    for (const char* name : {kMapsFile, kTokensFile, "run.json"})
        if (fs::exists(folder / name, ec))
            return Error{std::string("the folder already holds ") + name, folder.string(),
                         "Choose another folder, or remove this one"};
    return ok();
}

Json tokens_json(const AttentionMaps& maps, const AttentionText& text) {
    Json present = Json::array();
    for (int l = 0; l < maps.layers; ++l) {
        Json heads = Json::array();
        for (int h = 0; h < maps.heads; ++h) heads.push_back(maps.has(l, h));
        present.push_back(std::move(heads));
    }
    return {{"format", 1},
            {"text", text.text},
            {"text_pair", text.text_pair ? Json(*text.text_pair) : Json(nullptr)},
            {"kind", kind_name(maps.kind)},
            {"difference", maps.difference},
            {"tokens", maps.tokens.texts},
            {"token_type_ids", maps.tokens.segments},
            {"layers", maps.layers},
            {"heads", maps.heads},
            {"present", present}};
}

void tell_remarks(const AttentionResult& result, ProgressSink& progress) {
    if (result.unknown_tokens > 0)
        progress.on_message(Severity::Warning, std::to_string(result.unknown_tokens) + " of " +
                                                   std::to_string(result.maps.size()) +
                                                   " tokens are not in the vocabulary and were read as [UNK]");
    if (result.truncated)
        progress.on_message(Severity::Warning, "the text was truncated to " + std::to_string(result.maps.size()) +
                                                   " tokens, as in fine-tuning (--max-seq-length)");
}

Outcome<AttentionReport> write_attention(const AttentionRequest& request, const std::stop_token& stop,
                                         ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    LOTTERY_CHECK(check_free(request.out));
    Provenance provenance("attention");
    LOTTERY_TRY(auto text, text_of(request));
    LOTTERY_TRY(const auto model, AttentionModel::open(request.model, stop, progress));
    provenance.set_device(model->device());
    Json inputs = Json::object();
    FileHashes hashes;
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.model.checkpoint, hashes));
    LOTTERY_TRY(inputs["masks_sha256"], mask_hashes(request.model.head_mask, request.model.mlp_mask, hashes));
    if (request.model.weight_mask) {
        LOTTERY_TRY(inputs["weight_mask_sha256"], sha256_of_file(*request.model.weight_mask));
    }
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["checkpoint"] = request.model.checkpoint.string();
    provenance.fields()["kind"] = kind_name(request.kind);
    if (request.task) {
        provenance.fields()["task"] = std::string(task_info(*request.task).name);
        provenance.fields()["data"] = request.data.string();
        provenance.fields()["example"] = request.example;
    }

    AttentionReport report;
    const auto start = std::chrono::steady_clock::now();
    LOTTERY_TRY(report.result, model->maps(text, request.kind, request.text ? 0 : request.max_seq_length, stop));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    tell_remarks(report.result, progress);
    report.text = std::move(text);
    report.entropy = mean_entropy(report.result.maps);
    report.distance = mean_distance(report.result.maps);
    LOTTERY_CHECK(write_maps(report.result.maps, report.text, request.out));
    LOTTERY_CHECK(provenance.finish(request.out, to_json(report)));
    return report;
}

}  // namespace

std::vector<FieldProblem> problems(const AttentionRequest& r) {
    FieldCheck check;
    check.checkpoint(r.model.checkpoint, r.text ? 0 : r.max_seq_length);
    check.out(r.out, r.model.checkpoint);
    check.compute(r.model.compute);
    check.masks(r.model.head_mask, r.model.mlp_mask, r.model.checkpoint);
    check.mask_file("weight-mask", r.model.weight_mask);
    if (r.text.has_value() == r.task.has_value())
        check.add("text", "give a text (--text), or an example of a task (--task, --data, --example)");
    if (r.task) {
        check.data(r.data, *r.task, r.split == TextSplit::Train);
        check.range("example", r.example, std::int64_t{0}, most_rows);
        check.range("max-seq-length", r.max_seq_length, 3, 65536);
    }
    return check.take();
}

Outcome<AttentionReport> run_attention(const AttentionRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("attention", [&] { return write_attention(request, stop, progress); });
}

Json to_json(const AttentionReport& report) {
    const auto& result = report.result;
    Json json = tokens_json(result.maps, report.text);
    json["unknown_tokens"] = result.unknown_tokens;
    json["truncated"] = result.truncated;
    json["entropy"] = by_layer(report.entropy);
    json["distance"] = by_layer(report.distance);
    json["seconds"] = report.seconds;
    return json;
}

Status write_maps(const AttentionMaps& maps, const AttentionText& text, const fs::path& folder) {
    LOTTERY_CHECK(check_free(folder));
    LOTTERY_CHECK(make_folder(folder));
    LOTTERY_CHECK(write_npy(folder / kMapsFile, {{maps.layers, maps.heads, maps.size(), maps.size()}, maps.values}));
    return write_json(folder / kTokensFile, tokens_json(maps, text));
}

std::vector<FieldProblem> problems(const AttentionSearchRequest& r) {
    FieldCheck check;
    check.checkpoint(r.model.checkpoint, r.search.max_tokens);
    check.compute(r.model.compute);
    check.masks(r.model.head_mask, r.model.mlp_mask, r.model.checkpoint);
    check.mask_file("weight-mask", r.model.weight_mask);
    check.data(r.data, r.task, r.split == TextSplit::Train);
    check.range("limit", r.limit, std::int64_t{0}, most_rows);
    check.range("max-seq-length", r.search.max_tokens, 3, 65536);
    return check.take();
}

Outcome<AttentionSearchReport> run_attention_search(const AttentionSearchRequest& request, std::stop_token stop,
                                                    ProgressSink& progress) {
    return at_job_boundary("attention search", [&]() -> Outcome<AttentionSearchReport> {
        LOTTERY_CHECK(first_problem(problems(request)));
        LOTTERY_TRY(auto texts, read_task_texts(request.task, request.data, request.split));
        if (request.limit > 0) texts.resize(std::min(texts.size(), static_cast<std::size_t>(request.limit)));
        LOTTERY_TRY(const auto model, AttentionModel::open(request.model, stop, progress));
        AttentionSearchReport report;
        report.searched = static_cast<std::int64_t>(texts.size());
        const auto start = std::chrono::steady_clock::now();
        LOTTERY_TRY(report.found, model->find(texts, request.search, stop, progress));
        report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        for (const auto& one : report.found) report.texts.push_back(texts[static_cast<std::size_t>(one.index)]);
        return report;
    });
}

Json to_json(const AttentionSearchReport& report, const AttentionSearchRequest& request) {
    Json examples = Json::array();
    for (std::size_t i = 0; i < report.found.size(); ++i)
        examples.push_back(
            {{"example", report.found[i].index},
             {"share", report.found[i].share},
             {"text", report.texts[i].text},
             {"text_pair", report.texts[i].text_pair ? Json(*report.texts[i].text_pair) : Json(nullptr)}});
    return {{"task", std::string(task_info(request.task).name)},
            {"layer", request.search.layer},
            {"head", request.search.head},
            {"attends_to", std::string(info(request.search.what).id)},
            {"kind", kind_name(request.search.kind)},
            {"searched", report.searched},
            {"examples", examples},
            {"seconds", report.seconds}};
}

}  // namespace lottery
