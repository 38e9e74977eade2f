// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a study's folders say of single heads and MLPs (core/analysis/component_facts.h).
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <string>

#include "core/analysis/component_facts.h"
#include "core/base/result.h"

namespace lottery {

// Of the folder `setting` in masks/, and of the magnitude searches in masks/global. What is not there stays empty;
// errors are of files that are there and cannot be read.
Result<StudyComponents> read_study_components(const std::filesystem::path& study, const std::string& setting);

}  // namespace lottery
