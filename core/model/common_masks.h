// SPDX-License-Identifier: GPL-3.0-or-later
//
// Thread rule: pure function of plain values.
#pragma once

#include <cstddef>

#include "core/model/masks.h"

namespace lottery {

// Heads and MLPs that both keep; neurons as in `a`. Both must be of one model.
inline ComponentMasks common_masks(ComponentMasks a, const ComponentMasks& b) {
    for (std::size_t i = 0; i < a.heads.values.size(); ++i)
        if (b.heads.values[i] == 0.0F) a.heads.values[i] = 0.0F;
    for (std::size_t i = 0; i < a.mlps.size(); ++i)
        if (b.mlps[i] == 0.0F) a.mlps[i] = 0.0F;
    return a;
}

}  // namespace lottery
