// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is made of a weight mask that was found: controls of its size, and what survives in each head and MLP.
#include <filesystem>
#include <string>

#include "core/base/file.h"
#include "core/pruning/magnitude.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/job_boundary.h"
#include "core/study/magnitude_runs.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"
#include "core/study/run_inputs.h"
#include "core/study/survival_figure.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

Outcome<MagnitudeControlReport> make_control(const MagnitudeControlRequest& request) {
    if (fs::exists(request.out / "run.json"))
        return Error{"the folder already holds a finished run", request.out.string(),
                     "Choose another --out folder, or remove this one"};
    std::error_code ec;
    if (fs::equivalent(request.out, request.checkpoint, ec) ||
        fs::equivalent(request.out, fs::absolute(request.weight_mask).parent_path(), ec))
        return Error{"is the folder of the checkpoint or of the good mask", request.out.string(),
                     "Choose another --out folder"};
    const bool random = request.control == MagnitudeControl::Random;
    Provenance provenance(std::string("subnetwork ") + to_string(request.control));
    provenance.set_device("cpu");
    LOTTERY_TRY(const auto config, read_bert_config(request.checkpoint));
    LOTTERY_TRY(const auto good, read_weight_masks(request.weight_mask, config));
    WeightMasks control;
    if (random) {
        control = random_weight_masks(good, request.seed);
    } else {
        LOTTERY_TRY(const auto checkpoint, read_checkpoint(request.checkpoint, config.num_labels));
        std::vector<torch::Tensor> weights;
        for (const auto& mask : good.masks) weights.push_back(checkpoint.tensors.at(mask.parameter).contiguous());
        control = bad_weight_masks(good, weights);
    }
    MagnitudeControlReport report{request.control, weight_survival(control, config), common_weights(good, control)};

    FileHashes hashes;
    LOTTERY_TRY(provenance.fields()["inputs"], run_inputs(request, hashes));
    provenance.fields()["weight_mask"] = request.weight_mask.string();
    provenance.fields()["checkpoint"] = request.checkpoint.string();
    LOTTERY_CHECK(write_weight_masks(request.out / "weight_mask.safetensors", control));
    LOTTERY_CHECK(write_weight_survival_figure(
        request.out, report.survival, std::string("Surviving weights: ") + to_string(request.control) + " mask",
        {{"weight_mask", request.weight_mask.string()},
         {"checkpoint", request.checkpoint.string()},
         {"program", "lottery " + program_version()}}));
    LOTTERY_CHECK(provenance.finish(request.out, to_json(report)));
    return report;
}

}  // namespace

Outcome<MagnitudeControlReport> run_magnitude_control(const MagnitudeControlRequest& request) {
    return at_job_boundary("subnetwork", [&] { return make_control(request); });
}

Outcome<WeightSurvival> run_weight_survival(const WeightSurvivalRequest& request) {
    return at_job_boundary("weight survival", [&]() -> Outcome<WeightSurvival> {
        if (!request.out.empty()) LOTTERY_CHECK(check_study_is_writable(request.out));
        LOTTERY_TRY(const auto config, read_bert_config(request.checkpoint));
        LOTTERY_TRY(const auto masks, read_weight_masks(request.weight_mask, config));
        auto survival = weight_survival(masks, config);
        if (!request.out.empty())
            LOTTERY_CHECK(write_weight_survival_figure(
                request.out, survival, "Surviving weights: " + request.weight_mask.parent_path().filename().string(),
                {{"weight_mask", request.weight_mask.string()},
                 {"checkpoint", request.checkpoint.string()},
                 {"program", "lottery " + program_version()}}));
        return survival;
    });
}

Json to_json(const MagnitudeControlReport& report) {
    Json json{{"control", to_string(report.control)}};
    json.update(to_json(report.survival));
    json["overlap_weights"] = report.overlap;
    json["overlap_share"] = report.overlap_share();
    return json;
}

}  // namespace lottery
