// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks to begin editing with: what was found good for the model, controls of it, what was published.
//
// Thread rule: any thread; reads files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/task.h"
#include "core/model/masks.h"

namespace lottery {

struct WhatIfStart {
    std::string name;  // "Masks found", "Published, seed 1337"
    ComponentMasks masks;
};

struct WhatIfStarts {
    std::vector<WhatIfStart> starts;  // everything the model has comes first
    std::size_t good = 0;             // index of the good masks; 0: there are none
    // How important the search that found them held each component; empty where it is not known.
    ComponentImportance importance;
};

// Head and MLP masks of a folder for a model that has `components`; a file that is not there masks nothing, but one of
// the two must be. What the model no longer has is masked. Errors: a file that is no mask of this model.
Result<ComponentMasks> read_masks_for(const std::filesystem::path& folder, const ComponentMasks& components);

// `masks`: a folder with the good masks; empty: none. From them random and bad masks of their size, drawn by `seed`,
// and the inverted ones. `published`: an imported study, whose masks of the task are offered where they are of the
// model's size; empty: none. Errors: those of read_masks_for of the good masks.
Result<WhatIfStarts> read_what_if_starts(const ComponentMasks& components, const std::filesystem::path& masks,
                                         const std::filesystem::path& published, TaskId task, std::uint64_t seed);

}  // namespace lottery
