// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores of a small study, as an evaluation reports them one by one.
#pragma once

#include <QAbstractItemModel>
#include <QStringList>
#include <vector>

#include "core/study/study_evaluation.h"

namespace lottery::test {

inline StudyScore scoreOf(const std::string& experiment, TaskId task, std::uint64_t seed, double accuracy,
                          double kept = 1.0, double ones = 0.6) {
    StudyScore score;
    score.experiment = experiment;
    score.task = task;
    score.seed = seed;
    score.metrics = {{"acc", accuracy}, {"f1", accuracy + 0.05}};
    score.predicted_share = {{"0", 1.0 - ones}, {"1", ones}};
    score.kept_share = kept;
    return score;
}

// Nine scores: full, good pruned, bad pruned; MRPC with two seeds, RTE with one. Of the bad models one predicts "1"
// only.
inline std::vector<StudyScore> scores() {
    std::vector<StudyScore> made{scoreOf("head_mlp", TaskId::MRPC, 1, 0.80, 0.5),
                                 scoreOf("head_mlp", TaskId::MRPC, 2, 0.82, 0.6),
                                 scoreOf("no_mask", TaskId::RTE, 1, 0.65),
                                 scoreOf("no_mask", TaskId::MRPC, 1, 0.90),
                                 scoreOf("no_mask", TaskId::MRPC, 2, 0.88),
                                 scoreOf("head_mlp_bad_1", TaskId::MRPC, 1, 0.684, 0.5, 1.0),
                                 scoreOf("head_mlp_bad_1", TaskId::MRPC, 2, 0.70, 0.6, 0.9),
                                 scoreOf("global_magnitude", TaskId::MRPC, 1, 0.85, 0.39),
                                 scoreOf("head_mlp", TaskId::RTE, 1, 0.60, 0.7)};
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].index = static_cast<int>(i);
        made[i].count = static_cast<int>(made.size());
    }
    return made;
}

inline QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

inline QStringList columnOf(const QAbstractItemModel& model, int column) {
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row) texts << cell(model, row, column);
    return texts;
}

}  // namespace lottery::test
