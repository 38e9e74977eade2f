// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <string>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/study/job_boundary.h"
#include "core/study/mask_files.h"
#include "core/study/provenance.h"
#include "core/study/run_inputs.h"
#include "core/study/study_tree.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Only what has an effect.
Json options_json(ControlKind kind, const ControlOptions& options) {
    if (kind == ControlKind::Random) return {{"random_size", to_string(options.random_size)}};
    if (kind == ControlKind::Bad) return {{"bad_fill", to_string(options.bad_fill)}};
    return Json::object();
}

Result<SubnetworkReport> make_subnetwork(const SubnetworkRequest& request) {
    if (request.out.empty()) return Error{"no folder is given for the masks", "--out", {}};
    Provenance provenance(std::string("subnetwork ") + to_string(request.kind));
    LOTTERY_TRY(const ComponentMasks good, read_good_masks(request.head_mask, request.mlp_mask));
    FileHashes hashes;
    LOTTERY_TRY(const Json inputs, run_inputs(request, hashes));
    LOTTERY_CHECK(check_rerun(request.out, inputs, "head_mask.npy"));

    Random random(request.seed);
    const auto masks = control_masks(good, request.kind, request.options, random);
    SubnetworkReport report{request.kind,
                            request.mode,
                            request.options,
                            request.seed,
                            overlap_with_good(masks, good),
                            request.mlp_mask.has_value()};
    LOTTERY_CHECK(write_mask_files(request.out, masks));
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["head_mask"] = request.head_mask.string();
    if (request.mlp_mask) provenance.fields()["mlp_mask"] = request.mlp_mask->string();
    LOTTERY_CHECK(provenance.finish(request.out, to_json(report)));
    return report;
}

Json to_json(const ComponentOverlap& o) {
    return {{"all", o.all}, {"good", o.good}, {"kept", o.kept}, {"shared", o.shared}, {"share", o.share()}};
}

std::string text_of(const ComponentOverlap& o, const char* what) {
    char text[96];
    std::snprintf(text, sizeof text, "%d of %d kept %s are good (%.1f%%)", o.shared, o.kept, what, 100 * o.share());
    return text;
}

}  // namespace

Result<SubnetworkReport> run_subnetwork(const SubnetworkRequest& request) {
    return at_job_boundary("subnetwork", [&] { return make_subnetwork(request); });
}

const char* to_string(ControlKind kind) {
    switch (kind) {
        case ControlKind::Random:
            return "random";
        case ControlKind::Bad:
            return "bad";
        case ControlKind::Invert:
            return "invert";
    }
    return "";
}

Json to_json(const MaskOverlap& overlap, bool with_mlps) {
    Json json{{"heads", to_json(overlap.heads)}};
    if (with_mlps) json["mlps"] = to_json(overlap.mlps);
    return json;
}

Json to_json(const SubnetworkReport& report) {
    Json json{{"kind", to_string(report.kind)},
              {"mode", to_string(report.mode)},
              {"seed", report.seed},
              {"kept_heads", report.overlap.heads.kept},
              {"kept_mlps", report.has_mlps ? Json(report.overlap.mlps.kept) : Json(nullptr)},
              {"overlap", to_json(report.overlap, report.has_mlps)}};
    json.update(options_json(report.kind, report.options));
    return json;
}

std::string overlap_text(const MaskOverlap& overlap, bool with_mlps) {
    return text_of(overlap.heads, "heads") + (with_mlps ? ", " + text_of(overlap.mlps, "MLPs") : "");
}

}  // namespace lottery
