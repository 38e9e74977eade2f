// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>

#include "core/base/file.h"
#include "core/model/bert.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

Outcome<RemoveReport> remove_components(const RemoveRequest& request, std::stop_token stop, ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    std::error_code ec;
    for (const char* name : {"run.json", "config.json"})
        if (fs::exists(request.out / name, ec))
            return Error{std::string("the folder already holds ") + name, request.out.string(),
                         "Choose another --out folder, or remove this one"};
    Provenance provenance("remove");
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    provenance.set_device(device.str());
    Json inputs = Json::object();
    FileHashes hashes;
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.checkpoint, hashes));
    LOTTERY_TRY(inputs["masks_sha256"], mask_hashes(request.head_mask, request.mlp_mask, hashes));
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["checkpoint"] = request.checkpoint.string();
    if (request.head_mask) provenance.fields()["head_mask"] = request.head_mask->string();
    if (request.mlp_mask) provenance.fields()["mlp_mask"] = request.mlp_mask->string();
    // What the weights were trained on, so that a mask search finds the examples that were held out.
    LOTTERY_TRY(const Json trained_by, training_inputs(request.checkpoint));
    if (!trained_by.is_null()) provenance.fields()["trained_by"] = trained_by;

    LOTTERY_TRY(const BertConfig config, read_bert_config(request.checkpoint));
    LOTTERY_TRY(const auto masks, read_component_masks(request.head_mask, request.mlp_mask, config.components()));
    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, config.num_labels, 0, device, progress));
    if (!loaded.initialised.empty())
        return Error{"the checkpoint has no " + loaded.initialised.front() + ", which a removed model needs",
                     request.checkpoint.string(),
                     "Fine-tune it first, or train the subnetwork from it: lottery finetune with the same masks"};
    if (stop.stop_requested()) return Cancelled{};
    auto smaller = remove(loaded.model, masks);
    LOTTERY_CHECK(make_folder(request.out));
    LOTTERY_CHECK(save_model(smaller, request.out, request.checkpoint));

    RemoveReport report;
    report.kept_heads = masks.kept_heads();
    report.kept_mlps = masks.kept_mlps();
    report.parameters_before = loaded.model->parameter_count();
    report.parameters = smaller->parameter_count();
    report.parameters_kept_share = smaller->kept_share(masks);
    report.loads_in_transformers = report.kept_mlps == masks.layers();
    for (int l = 0; l < masks.layers(); ++l)
        report.loads_in_transformers = report.loads_in_transformers && masks.kept_heads_in(l) > 0;
    LOTTERY_CHECK(provenance.finish(request.out, to_json(report)));
    return report;
}

}  // namespace

Outcome<RemoveReport> run_remove(const RemoveRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("remove", [&] { return remove_components(request, stop, progress); });
}

}  // namespace lottery
