// SPDX-License-Identifier: GPL-3.0-or-later
//
// A task small enough to be fine-tuned and searched in a second: RTE's layout, sentences of the vocabulary of the
// committed tiny checkpoint.
//
// Thread rule: any thread.
#pragma once

#include <QDir>
#include <QFile>
#include <QString>
#include <QTextStream>

#include "widgets/runs/folder_kind.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

inline QString tinyCheckpoint() { return QStringLiteral(LOTTERY_GOLDENS "/bert/three_layers"); }

// Whole words of the checkpoint's vocabulary.
inline QStringList tinyWords() {
    QFile file(tinyCheckpoint() + QStringLiteral("/vocab.txt"));
    QStringList words;
    if (!file.open(QIODevice::ReadOnly)) return words;
    for (const QString& word : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (!word.startsWith(QLatin1Char('[')) && !word.startsWith(QLatin1String("##"))) words << word;
    }
    return words;
}

inline bool writeRows(const QString& path, int rows, int badRow = -1) {
    const QStringList words = tinyWords();
    QFile file(path);
    if (words.size() < 2 || !file.open(QIODevice::WriteOnly)) return false;
    QTextStream out(&file);
    out << "index\tsentence1\tsentence2\tlabel\n";
    for (int i = 0; i < rows; ++i) {
        const auto word = [&](int k) { return words[(i * 7 + k * 3) % words.size()]; };
        const QString label = i == badRow ? QStringLiteral("perhaps")
                              : i % 2     ? QStringLiteral("entailment")
                                          : QStringLiteral("not_entailment");
        out << i << '\t' << word(0) << ' ' << word(1) << ' ' << word(2) << '\t' << word(i % 2 ? 0 : 5) << ' ' << word(4)
            << '\t' << label << '\n';
    }
    return true;
}

// <folder>/RTE/{train,dev}.tsv
inline bool writeTinyGlue(const QString& folder, int badDevRow = -1) {
    return QDir().mkpath(folder + QStringLiteral("/RTE")) && writeRows(folder + QStringLiteral("/RTE/train.tsv"), 32) &&
           writeRows(folder + QStringLiteral("/RTE/dev.tsv"), 16, badDevRow);
}

inline RunDraft tinyDraft(RunKind kind, const QString& glue, const QString& out) {
    RunDraft draft;
    draft.kind = kind;
    draft.checkpoint = pathFromText(tinyCheckpoint());
    draft.data = pathFromText(glue);
    draft.out = pathFromText(out);
    draft.task = TaskId::RTE;
    draft.training.epochs = 1;
    draft.training.batch_size = 8;
    draft.training.max_seq_length = 16;
    draft.training.save_steps = 1;
    draft.search.max_seq_length = 16;
    draft.search.batch_size = 8;
    draft.search.split = SearchSplit::Dev;
    // An epoch on noise stays at chance, from where the rigorous mode does not search.
    draft.search.mode = Mode::Published;
    draft.evaluate_max_seq_length = 16;
    draft.compute = {"cpu", 1};
    return draft;
}

}  // namespace lottery::gui
