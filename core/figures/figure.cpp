// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/figure.h"

namespace lottery {

std::string component_name(const Component& component) {
    const std::string layer = "layer " + std::to_string(component.layer + 1);
    return component.head < 0 ? layer + ", MLP" : layer + ", head " + std::to_string(component.head + 1);
}

std::string component_id(const Component& component) {
    return std::to_string(component.layer + 1) + "." +
           (component.head < 0 ? std::string("MLP") : std::to_string(component.head + 1));
}

std::string phase_name(const std::string& phase) {
    if (phase == "full") return "full model";
    if (phase == "heads_mlps") return "heads + MLPs";
    if (phase == "mlps") return "MLPs";
    return phase;
}

}  // namespace lottery
