// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/results_figures.h"

#include <string>
#include <utility>

#include "core/analysis/result_bars.h"
#include "core/figures/writers.h"

namespace lottery {
namespace fs = std::filesystem;

Result<std::vector<fs::path>> write_result_figures(const fs::path& folder,
                                                   const std::vector<ExperimentResults>& results,
                                                   const FigureMetadata& metadata) {
    FigureStyle style;
    style.width_mm = two_columns_mm;
    std::vector<fs::path> files;
    for (const auto& [family, file] : {std::pair{ExperimentFamily::Structured, "results"},
                                       {ExperimentFamily::Super, "results_super"},
                                       {ExperimentFamily::Magnitude, "results_magnitude"}}) {
        // The first is there always: also where only full models were evaluated.
        if (family != ExperimentFamily::Structured && !has_family(results, family)) continue;
        FigureMetadata with_title = metadata;
        with_title["title"] = family_title(family);
        files.push_back(folder / (std::string(file) + ".svg"));
        LOTTERY_CHECK(write_figure(files.back(), bar_figure(result_bars(results, family), style), with_title));
    }
    return files;
}

}  // namespace lottery
