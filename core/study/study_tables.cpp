// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_tables.h"

#include "core/study/chosen_masks.h"
#include "core/study/mask_set_files.h"
#include "core/study/study_patterns.h"

namespace lottery {

namespace {

template <typename Analysis>
StudyTables tables_with(const Analysis& analysis) {
    return {tables_of(analysis), data_of(analysis), to_json(analysis)};
}

}  // namespace

Result<StudyTables> read_study_tables(const StudyFigureRequest& request) {
    const StudyFigureInfo& figure = info(request.kind);
    if (!figure.has_tables) return Error{"has no tables", "figure " + std::string(figure.id), {}};
    if (request.kind == StudyFigureKind::Importance || request.kind == StudyFigureKind::ImportanceEvolution) {
        LOTTERY_TRY(const auto importances, chosen_importances(request));
        return tables_with(importances);
    }
    if (request.kind == StudyFigureKind::Patterns) {
        LOTTERY_TRY(const auto patterns, read_study_patterns(request));
        return tables_with(patterns);
    }
    const auto folder = request.study / "masks" / setting_of(request);
    const bool of_both = !figure.of_components;
    LOTTERY_TRY(const auto masks,
                chosen_masks(request, folder, of_both ? MaskedComponents::Heads : request.components));
    if (request.kind == StudyFigureKind::Agreement || request.kind == StudyFigureKind::Jaccard)
        return tables_with(agreement(masks));
    LOTTERY_CHECK(check_common_seeds(masks, folder));
    if (request.kind == StudyFigureKind::Overlap) return tables_with(overlap(masks));
    StudyTables tables = tables_with(survival(masks));
    LOTTERY_TRY(const auto mlps, chosen_mlp_masks(request, folder));
    if (!mlps) return tables;
    const StudyTables more = tables_with(survival(*mlps));
    tables.tables.insert(tables.tables.end(), more.tables.begin(), more.tables.end());
    tables.data.rows.insert(tables.data.rows.end(), more.data.rows.begin(), more.data.rows.end());
    tables.json = Json{{"heads", tables.json}, {"mlps", more.json}};
    return tables;
}

}  // namespace lottery
