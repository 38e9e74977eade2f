// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far a study is in reproducing the paper: its figures and tables, and ours beside the published scores.
//
// Thread rule: plain values.
#pragma once

#include <QString>
#include <QStringList>
#include <string>
#include <vector>

#include "core/analysis/reproduction.h"

namespace lottery::gui {

struct ReproductionRow {
    QString id;     // "evaluation-heads-mlps"
    QString title;  // "Scores of subnetworks of heads and MLPs"
    bool table = false;
    bool secondary = false;  // not in the paper's main part
    int needed = 0;          // folder × task × seed
    int present = 0;
    QStringList missing;                   // places, all
    QStringList jobs;                      // ids of the study's jobs that make them
    QStringList unplanned;                 // places that no job of the study makes
    QString also;                          // what it needs beside; empty: nothing
    double seconds = -1.0;                 // of the jobs and what they need, estimated; negative: not known
    std::vector<std::string> experiments;  // whose scores are compared for it

    [[nodiscard]] bool complete() const { return present == needed; }
};

struct ReproductionOverview {
    QString folder;     // the study's
    QString published;  // what it is compared with; empty: nothing
    QString scope;      // of which tasks and seeds
    bool canRun = false;
    std::vector<ReproductionRow> rows;  // in the order of the paper
    ComparisonOptions options;
    std::vector<ComparedCell> cells;  // in the metrics of the paper's tables; empty: nothing is compared
    QString problem;                  // why not; empty where something is
};

}  // namespace lottery::gui
