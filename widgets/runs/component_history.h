// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a mask search says of one head or MLP: its importance and rank at every step, and when it was masked.
//
// Thread rule: plain values.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/pruning/mask_search_options.h"

namespace lottery::gui {

struct ComponentAtStep {
    int step = 0;
    QString phase;
    double score = 0.0;       // of the model at this step
    bool accepted = false;    // the step's masks were kept
    bool kept = true;         // the component is in the step's masks
    float importance = 0.0F;  // NaN where it was not measured
    std::optional<int> rank;  // 1: the most important of those kept at this step; none when masked or unmeasured
    int among = 0;            // how many the rank is of
};

struct ComponentHistory {
    Component component;
    std::vector<ComponentAtStep> steps;
    std::optional<int> maskedInStep;  // first step that scored without it, and left it masked in the final masks
    bool keptToTheEnd = true;         // in the last kept masks
};

// Steps in order, the full model first. A component outside of the masks gives no steps.
ComponentHistory componentHistory(const Component& component, const std::vector<MaskSearchStep>& steps);

// "Layer 3, head 5" or "Layer 3, MLP", counted from 1 as in the figures.
QString componentName(const Component& component);

}  // namespace lottery::gui
