// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure's scene with its metadata as JSON: how `lottery`, which knows no Qt, hands a figure to `lottery-draw`, which
// makes PDF and PNG of it. Not a file format: both programs are of one build.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/figures/figure.h"

namespace lottery {

Json to_json(const Scene& scene, const FigureMetadata& metadata);

struct SceneWithMetadata {
    Scene scene;
    FigureMetadata metadata;
};
// Error: not what to_json makes.
Result<SceneWithMetadata> scene_from_json(const Json& json);

}  // namespace lottery
