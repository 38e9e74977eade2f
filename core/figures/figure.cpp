// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/figure.h"

namespace lottery {

std::string component_name(const Component& component) {
    const std::string layer = "layer " + std::to_string(component.layer + 1);
    if (component.block >= 0) return layer + ", neuron block " + std::to_string(component.block + 1);
    return component.head < 0 ? layer + ", MLP" : layer + ", head " + std::to_string(component.head + 1);
}

std::string component_id(const Component& component) {
    if (component.block >= 0) return std::to_string(component.layer + 1) + ".N" + std::to_string(component.block + 1);
    return std::to_string(component.layer + 1) + "." +
           (component.head < 0 ? std::string("MLP") : std::to_string(component.head + 1));
}

std::string phase_name(const std::string& phase) {
    if (phase == "full") return "full model";
    if (phase == "heads_mlps") return "heads + MLPs";
    if (phase == "mlps") return "MLPs";
    if (phase == "neurons") return "MLP neurons";
    return phase;
}

std::string metric_name(const std::string& metric) {
    static const std::map<std::string, std::string> names{{"acc", "accuracy"},
                                                          {"f1", "F1"},
                                                          {"acc_and_f1", "accuracy/F1 mean"},
                                                          {"mcc", "Matthews correlation"},
                                                          {"pearson", "Pearson correlation"},
                                                          {"spearmanr", "Spearman correlation"},
                                                          {"corr", "Pearson/Spearman mean"},
                                                          {"mnli_acc", "matched accuracy"},
                                                          {"mnli-mm_acc", "mismatched accuracy"}};
    const auto found = names.find(metric);
    return found == names.end() ? metric : found->second;
}

}  // namespace lottery
