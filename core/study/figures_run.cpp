// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/figures_run.h"

#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/results_figures.h"
#include "core/study/results_files.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Raised when the same scores come to be drawn in another way.
constexpr int kFiguresVersion = 1;

Result<std::vector<fs::path>> draw(const FiguresRequest& request) {
    Provenance provenance("figures");
    FileHashes hashes;
    LOTTERY_TRY(provenance.fields()["inputs"], run_inputs(request, hashes));
    LOTTERY_TRY(const auto results, read_results(request.study / "evaluate_masked"));
    const FigureMetadata metadata{{"program", "Lottery Workbench " + program_version()},
                                  {"study", request.study.string()},
                                  {"random_retrained", to_string(request.random_retrained)},
                                  {"libtorch", libtorch_version()}};
    const fs::path folder = request.study / "figures";
    LOTTERY_TRY(auto figures, write_result_figures(folder, drawn_results(results, request.random_retrained), metadata));
    Json files = Json::array();
    for (const auto& file : figures) files.push_back(file.filename().string());
    LOTTERY_CHECK(provenance.finish(folder, {{"figures", files}}));
    return figures;
}

}  // namespace

Result<Json> run_inputs(const FiguresRequest& request, FileHashes& hashes) {
    const fs::path root = request.study / "evaluate_masked";
    LOTTERY_TRY(const auto results, read_results(root));
    Json inputs{{"random_retrained", to_string(request.random_retrained)}};
    Json& scores = inputs["scores_sha256"] = Json::object();
    for (const auto& experiment : results)
        for (const char* name : {"results.json", "baseline/results.json", "per_seed.json"}) {
            const std::string file = experiment.name + "/" + name;
            std::error_code ec;
            if (!fs::exists(root / file, ec)) continue;
            LOTTERY_TRY(scores[file], hashes.sha256(root / file));
        }
    inputs["version"] = kFiguresVersion;
    return inputs;
}

Result<std::vector<fs::path>> run_figures(const FiguresRequest& request) {
    return at_job_boundary("figures", [&] { return draw(request); });
}

}  // namespace lottery
