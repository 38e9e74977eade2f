// SPDX-License-Identifier: GPL-3.0-or-later
//
// The classifier of attention patterns that comes with the program, for whoever has no labelled maps. It was trained
// on synthetic maps (synthetic_maps.h) and on no map of a model; whoever shows what it says, says that
// (docs/patterns.md has the command that made it, and how well it does). No tensor in this header.
//
// Thread rule: any thread.
#pragma once

#include <string_view>

#include "core/attention/classifier_info.h"
#include "core/base/result.h"

namespace lottery {

struct PatternClassifier;  // pattern_classifier.h

// The bytes of resources/patterns/synthetic.safetensors.
std::string_view built_in_classifier_bytes();
Result<ClassifierInfo> built_in_classifier_info();
// On the CPU.
Result<PatternClassifier> built_in_classifier();

}  // namespace lottery
