// SPDX-License-Identifier: GPL-3.0-or-later
//
// The numbers behind a study's figures as tables: what `lottery analyze` prints of the masks and importances that a
// figure is drawn of.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include "core/analysis/analysis_tables.h"
#include "core/analysis/study_figure.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery {

struct StudyTables {
    AnalysisTables tables;
    DataTable data;  // with all digits
    Json json;
};

// Of a figure that has tables (StudyFigureInfo::has_tables). Errors: those of read_study_figure, and a figure without.
Result<StudyTables> read_study_tables(const StudyFigureRequest& request);

}  // namespace lottery
