// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/study/seed_list.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("SeedList", text); }

}  // namespace

SeedList parseSeeds(const QString& text) {
    SeedList list;
    QString rest = text;
    for (const QString& word : rest.replace(QLatin1Char(','), QLatin1Char(' ')).split(' ', Qt::SkipEmptyParts)) {
        bool ok = false;
        const qulonglong seed = word.toULongLong(&ok);
        if (!ok) {
            list.problem = tr("“%1” is no seed; whole numbers are, separated by commas").arg(word);
        } else if (std::find(list.seeds.begin(), list.seeds.end(), seed) != list.seeds.end()) {
            list.problem = tr("%1 is named twice").arg(word);
        } else {
            list.seeds.push_back(seed);
        }
    }
    if (list.seeds.empty() && list.problem.isEmpty()) list.problem = tr("Name at least one seed");
    return list;
}

}  // namespace lottery::gui
