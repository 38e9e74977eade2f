// SPDX-License-Identifier: GPL-3.0-or-later
//
// The figures of a study by name: what the window shows and `lottery figure` writes, from masks, importances, records
// and scores in its folder; also of an imported study.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/study_figure.h"
#include "core/base/result.h"
#include "core/figures/figure.h"

namespace lottery {

// Errors: nothing to draw (which files are expected, and where), files that cannot be read, settings of models of other
// sizes compared, options that the figure does not have.
Result<StudyFigure> read_study_figure(const StudyFigureRequest& request);
// What the request is, for the figure's file: figure, study, setting, tasks, seeds and the program's version.
FigureMetadata metadata_of(const StudyFigureRequest& request);
// The command that writes this figure again: `lottery figure survival --study …`, without --out.
std::string command_of(const StudyFigureRequest& request);

// Folders in masks/ that the figure can be drawn of, by name.
std::vector<std::string> settings_for(const std::filesystem::path& study, StudyFigureKind kind);

}  // namespace lottery
