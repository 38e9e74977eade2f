// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/experiments.h"

#include <algorithm>

namespace lottery {
namespace {

using Family = ExperimentFamily;
using Names = std::vector<std::string_view>;

void add_pair(std::vector<ExperimentInfo>& table, std::string_view name, std::string_view retrained_name,
              std::string_view label, std::string_view retrained_label, Family family, const Names& settings,
              MaskKind mask_kind) {
    table.push_back({name, label, family, {"finetuned"}, settings, mask_kind});
    table.push_back({retrained_name, retrained_label, family, settings, {}, MaskKind::None});
}

std::vector<ExperimentInfo> make_table() {
    std::vector<ExperimentInfo> t;
    t.push_back({kMajorityExperiment, "majority class", Family::Reference, {}, {}, MaskKind::None});
    t.push_back({kFullExperiment, "full model", Family::Reference, {"finetuned"}, {}, MaskKind::None});
    const auto components = MaskKind::Components;
    add_pair(t, "head_mlp", "head_mlp_retrained", "good, pruned", "good, retrained", Family::Structured, {"heads_mlps"},
             components);
    add_pair(t, "head_mlp_random", "head_mlp_random_retrained", "random, pruned", "random, retrained",
             Family::Structured, {"heads_mlps_random"}, components);
    add_pair(t, "head_mlp_bad_1", "head_mlp_bad_1_retrained", "bad, pruned", "bad, retrained", Family::Structured,
             {"heads_mlps_bad_1", "heads_mlps_bad"}, components);
    add_pair(t, "head_mlp_super", "head_mlp_super_retrained", "super good, pruned", "super good, retrained",
             Family::Super, {"heads_mlps_super"}, components);
    add_pair(t, "head_mlp_super_midling", "head_mlp_super_midling_retrained", "super random, pruned",
             "super random, retrained", Family::Super, {"heads_mlps_super_random", "heads_mlps_super_midling"},
             components);
    add_pair(t, "head_mlp_super_bizzaro", "head_mlp_super_bizzaro_retrained", "super bad, pruned",
             "super bad, retrained", Family::Super, {"heads_mlps_super_bad", "heads_mlps_super_bizzaro"}, components);
    const auto weights = MaskKind::Weights;
    add_pair(t, "global_magnitude", "global_magnitude_retrained", "magnitude, pruned", "magnitude, retrained",
             Family::Magnitude, {"global", "global_magnitude"}, weights);
    add_pair(t, "global_random", "global_random_retrained", "random weights, pruned", "random weights, retrained",
             Family::Magnitude, {"global_random"}, weights);
    add_pair(t, "global_bad", "global_bad_retrained", "bad weights, pruned", "bad weights, retrained",
             Family::Magnitude, {"global_bad"}, weights);
    return t;
}

}  // namespace

std::span<const ExperimentInfo> all_experiments() {
    static const std::vector<ExperimentInfo> table = make_table();
    return table;
}

const ExperimentInfo* find_experiment(std::string_view name) {
    const auto experiments = all_experiments();
    const auto found = std::find_if(experiments.begin(), experiments.end(),
                                    [&](const ExperimentInfo& experiment) { return experiment.name == name; });
    return found == experiments.end() ? nullptr : &*found;
}

}  // namespace lottery
