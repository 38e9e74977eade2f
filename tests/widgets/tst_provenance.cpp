// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <QTreeWidget>

#include "widgets/provenance/provenance_model.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/provenance/record_file.h"
#include "widgets/provenance/record_value.h"
#include "widgets/provenance/run_difference_dialog.h"
#include "widgets/runs/folder_kind.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

const std::string kSum(64, 'a');

Json record() {
    Json json = Json::parse(R"({
        "format": 1, "command": "finetune", "program": {"lottery": "1.0.0"},
        "inputs": {"task": "RTE", "seed": 7, "options": {"epochs": 3, "learning_rate": 2e-05}, "layers": [0, 3]},
        "checkpoint": "/models/base",
        "start": "2026-03-01T10:00:00Z", "seconds": 4000.25, "energy_joules": 5000.0, "peak_memory_bytes": 2147483648,
        "result": {"metrics": {"acc": 0.5, "mcc": null}, "rounds": [{"index": 0}, {"index": 1}], "none": {}}})");
    json["inputs"]["data_sha256"]["dev.tsv"] = kSum;
    return json;
}

void write(const QString& path, const QByteArray& text) {
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

QByteArray bytes(const Json& json) { return QByteArray::fromStdString(json.dump(2)); }

QModelIndex find(const QAbstractItemModel* model, const QString& path, int column = ProvenanceModel::Name) {
    const auto found = model->match(model->index(0, 0), ProvenanceModel::PathRole, path, 1,
                                    Qt::MatchExactly | Qt::MatchCaseSensitive | Qt::MatchRecursive);
    return found.isEmpty() ? QModelIndex() : found.front().siblingAtColumn(column);
}

void click(QWidget* in, const char* name) {
    auto* button = in->findChild<QPushButton*>(QLatin1String(name));
    QVERIFY2(button && button->isVisible() && button->isEnabled(), name);
    QTest::mouseClick(button, Qt::LeftButton);
}

void show(QWidget& widget) {
    widget.resize(900, 600);
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
}

QStringList rows(const QTreeWidget* table) {
    QStringList all;
    for (int i = 0; i < table->topLevelItemCount(); ++i) {
        const QTreeWidgetItem* heading = table->topLevelItem(i);
        all << QStringLiteral("# %1").arg(heading->text(0));
        for (int k = 0; k < heading->childCount(); ++k)
            all << QStringList{heading->child(k)->text(0), heading->child(k)->text(1), heading->child(k)->text(2)}.join(
                QStringLiteral(" | "));
    }
    return all;
}

}  // namespace

class TestProvenance : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void is_a_tree() {
        ProvenanceModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setRecord(record());
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(model.index(3, 0).data().toString(), QStringLiteral("inputs"));
        QCOMPARE(model.rowCount(model.index(3, 0)), 5);
        QCOMPARE(model.rowCount(model.index(3, 1)), 0);
        const QModelIndex epochs = find(&model, "inputs/options/epochs", ProvenanceModel::Value);
        QCOMPARE(epochs.data().toString(), QStringLiteral("3"));
        QCOMPARE(epochs.parent().data().toString(), QStringLiteral("options"));
        // Lists of objects are groups, others are values.
        QVERIFY(find(&model, "result/rounds/1/index").isValid());
        QCOMPARE(find(&model, "inputs/layers", ProvenanceModel::Value).data().toString(), QStringLiteral("[0,3]"));
        QCOMPARE(find(&model, "result/none", ProvenanceModel::Value).data().toString(), QStringLiteral("{}"));
        model.setRecord(Json::array());
        QCOMPARE(model.rowCount(), 0);
        model.setRecord(record());
        model.setRecord(Json::object());
        QCOMPARE(model.rowCount(), 0);
    }

    void shows_values_as_read_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("hint");
        const QString sum = QString(64, QLatin1Char('a'));
        QTest::newRow("text") << "task"
                              << R"("RTE")"
                              << "RTE"
                              << "";
        QTest::newRow("number") << "learning_rate"
                                << "2e-05"
                                << "2e-05"
                                << "";
        QTest::newRow("exact") << "acc"
                               << "0.8412345678901234"
                               << "0.8412345678901234"
                               << "";
        QTest::newRow("undefined") << "mcc"
                                   << "null"
                                   << "undefined"
                                   << "";
        QTest::newRow("seconds") << "seconds"
                                 << "12.345678"
                                 << "12.3 s"
                                 << "12.345678 seconds";
        QTest::newRow("minutes") << "seconds"
                                 << "125.4"
                                 << "2 min 5 s"
                                 << "125.4 seconds";
        QTest::newRow("hours") << "selection_seconds"
                               << "7265"
                               << "2 h 1 min"
                               << "7265 seconds";
        QTest::newRow("days") << "seconds"
                              << "180000"
                              << "2 d 2 h"
                              << "180000 seconds";
        QTest::newRow("rounds up to a minute") << "seconds"
                                               << "59.96"
                                               << "60 s"
                                               << "59.96 seconds";
        QTest::newRow("no seconds") << "examples_per_second"
                                    << "80.5"
                                    << "80.5"
                                    << "";
        QTest::newRow("joules") << "energy_joules"
                                << "1234.4"
                                << "1234 J"
                                << "1234.4 joules";
        QTest::newRow("watt hours") << "energy_joules"
                                    << "72000"
                                    << "20.0 Wh"
                                    << "72000 joules";
        QTest::newRow("bytes") << "peak_memory_bytes"
                               << "2147483648"
                               << "2.0 GiB"
                               << "2147483648 bytes";
        QTest::newRow("sum") << "dev.tsv" << '"' + sum + '"' << "aaaaaaaaaaaa…"
                             << "SHA-256: " + sum;
        QTest::newRow("no sum") << "name" << '"' + sum.left(63) + '"' << sum.left(63) << "";
        QTest::newRow("no time") << "name"
                                 << R"("2026-13-01T10:00:00Z")"
                                 << "2026-13-01T10:00:00Z"
                                 << "";
    }
    void shows_values_as_read() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        QFETCH(QString, shown);
        QFETCH(QString, hint);
        const Json value = Json::parse(json.toStdString());
        QCOMPARE(shownValue(key, value), shown);
        QCOMPARE(valueHint(key, value), hint);
    }

    void shows_local_time() {
        const Json value = "2026-03-01T10:00:00Z";
        const QDateTime local = QDateTime(QDate(2026, 3, 1), QTime(10, 0), Qt::UTC).toLocalTime();
        QCOMPARE(shownValue("start", value), local.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
        QCOMPARE(valueHint("start", value), QStringLiteral("2026-03-01T10:00:00Z (UTC)"));
    }

    void filters() {
        ProvenanceView view;
        view.setRecord("/run/run.json", record());
        show(view);
        QCOMPARE(view.message(), QString());
        auto* search = view.findChild<QLineEdit*>("recordFilter");
        search->setFocus();
        QTest::keyClicks(search, "EPOCHS");
        const QAbstractItemModel* shown = view.tree()->model();
        QCOMPARE(shown->rowCount(), 1);
        QVERIFY(find(shown, "inputs/options/epochs").isValid());
        QVERIFY(!find(shown, "inputs/options/learning_rate").isValid());
        QVERIFY(view.tree()->isExpanded(find(shown, "inputs/options")));
        // By a part of the value that is not shown.
        search->selectAll();
        QTest::keyClicks(search, QString(40, QLatin1Char('a')));
        QVERIFY(find(shown, "inputs/data_sha256/dev.tsv").isValid());
        QVERIFY(view.tree()->isExpanded(find(shown, "inputs/data_sha256")));
        QTest::keyClicks(search, "<b>");
        QVERIFY(view.message().contains("&lt;b&gt;"));
        QTest::keyClick(search, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(search, Qt::Key_Delete);
        QCOMPARE(shown->rowCount(), 10);
        QCOMPARE(view.message(), QString());
    }

    void copies() {
        ProvenanceView view;
        view.setRecord("/run/run.json", record());
        show(view);
        QTreeView* tree = view.tree();
        tree->setFocus();
        // A group stands for what is below it, once, also where that is selected too.
        const auto select = [&](const char* path) {
            const QModelIndex index = find(tree->model(), path);
            QVERIFY(index.isValid());
            tree->selectionModel()->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
        };
        select("start");
        select("inputs/options/epochs");
        select("inputs/options");
        select("inputs/data_sha256");
        QTest::keySequence(tree, QKeySequence::Copy);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QStringLiteral("inputs/options/epochs\t3\ninputs/options/learning_rate\t2e-05\n"
                                "inputs/data_sha256/dev.tsv\t%1\nstart\t2026-03-01T10:00:00Z\n")
                     .arg(QString::fromStdString(kSum)));
        click(&view, "copyRecord");
        QVERIFY(Json::parse(QGuiApplication::clipboard()->text().toStdString()) == record());
    }

    void asks_for_comparison_and_for_the_run() {
        ProvenanceView view;
        view.setRecord("/run/run.json", record());
        show(view);
        QSignalSpy compare(&view, &ProvenanceView::compareRequested);
        QSignalSpy again(&view, &ProvenanceView::runAgainRequested);
        click(&view, "compareRecord");
        click(&view, "recordRunAgain");
        QCOMPARE(compare.size(), 1);
        QCOMPARE(again.size(), 1);
        QCOMPARE(view.value("inputs/seed"), QStringLiteral("7"));
        QCOMPARE(view.value("inputs/seeds"), QString());
    }

    void says_what_is_wrong_with_a_record_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("missing") << QByteArray() << "is not there";
        QTest::newRow("damaged") << QByteArray("{\"command\": \"fine") << "is not valid JSON";
        QTest::newRow("no object") << QByteArray("[1]") << "a JSON object was expected, found array";
    }
    void says_what_is_wrong_with_a_record() {
        QFETCH(QByteArray, text);
        QFETCH(QString, said);
        QTemporaryDir folder;
        if (!text.isEmpty()) write(folder.filePath("run.json"), text);
        ProvenanceView view;
        view.setRecord(folder.filePath("run.json"), readRecord(pathFromText(folder.path())));
        show(view);
        QVERIFY2(view.message().contains(said), qPrintable(view.message()));
        QVERIFY(view.message().contains(folder.filePath("run.json")));
        // And what to do.
        QVERIFY(view.message().contains("do the run again") || view.message().contains("Let the run go on"));
        for (const char* name : {"copyRecord", "compareRecord", "recordRunAgain"})
            QVERIFY2(!view.findChild<QPushButton*>(QLatin1String(name))->isEnabled(), name);
        // Afterwards it is there.
        view.setRecord(folder.filePath("run.json"), record());
        QCOMPARE(view.message(), QString());
        QVERIFY(view.findChild<QPushButton*>("compareRecord")->isEnabled());
        QVERIFY(view.findChild<QLineEdit*>("recordFilter")->isVisible());
    }

    void finds_the_record_of_a_folder() {
        QTemporaryDir folder;
        const auto of = [&](const char* path) {
            return textFromPath(recordFile(pathFromText(folder.filePath(QLatin1String(path)))));
        };
        QDir().mkpath(folder.filePath("s/masks/heads_mlps_super/RTE/seed_7"));
        QCOMPARE(of("s/masks/heads_mlps_super/RTE/seed_7"),
                 folder.filePath("s/masks/heads_mlps_super/RTE/seed_7/run.json"));
        write(folder.filePath("s/masks/heads_mlps_super/RTE/run.json"), R"({"command": "supermask super"})");
        QCOMPARE(of("s/masks/heads_mlps_super/RTE/seed_7"), folder.filePath("s/masks/heads_mlps_super/RTE/run.json"));
        write(folder.filePath("s/masks/heads/RTE/run.json"), R"({"command": 5})");
        QCOMPARE(of("s/masks/heads/RTE/seed_7"), folder.filePath("s/masks/heads/RTE/seed_7/run.json"));
        QCOMPARE(of("s"), folder.filePath("s/run.json"));
        write(folder.filePath("s/evaluate_masked/run.json"), "{}");
        QCOMPARE(of("s"), folder.filePath("s/evaluate_masked/run.json"));
    }

    void compares_two_runs() {
        QTemporaryDir folder;
        Json other = record();
        other["inputs"]["options"]["epochs"] = 5;
        other["inputs"]["data_sha256"]["dev.tsv"] = std::string(64, 'b');
        other["program"]["lottery"] = "1.1.0";
        other["checkpoint"] = "/models/large";
        other["seconds"] = 10.0;
        write(folder.filePath("a/run.json"), bytes(record()));
        write(folder.filePath("b/run.json"), bytes(other));
        write(folder.filePath("same/run.json"), bytes(record()));
        write(folder.filePath("damaged/run.json"), "{");
        const QString a = folder.filePath("a"), b = folder.filePath("b");
        RunDifferenceDialog dialog(a, {a, b, folder.filePath("same"), b});
        show(dialog);
        QVERIFY(dialog.message().contains("Choose the run"));
        QVERIFY(!dialog.findChild<QPushButton*>("copyDifferences")->isEnabled());
        auto* chooser = dialog.findChild<QComboBox*>("otherRun");
        QCOMPARE(chooser->count(), 2);

        chooser->setFocus();
        chooser->setCurrentIndex(0);
        Q_EMIT chooser->activated(0);
        QCOMPARE(dialog.there(), b);
        QCOMPARE(rows(dialog.table()), (QStringList{"# Inputs and options", "inputs/options/epochs | 3 | 5",
                                                    "inputs/data_sha256/dev.tsv | aaaaaaaaaaaa… | bbbbbbbbbbbb…",
                                                    "# Program and device", "program/lottery | 1.0.0 | 1.1.0"}));
        click(&dialog, "copyDifferences");
        QVERIFY(QGuiApplication::clipboard()->text().contains("| inputs/options/epochs | 3 | 5 |"));
        QVERIFY(QGuiApplication::clipboard()->text().contains(QString(64, QLatin1Char('b'))));

        QTest::keyClick(dialog.findChild<QCheckBox*>("onlyShaping"), Qt::Key_Space);
        QVERIFY(rows(dialog.table()).contains("checkpoint | /models/base | /models/large"));
        QVERIFY(rows(dialog.table()).contains("seconds | 1 h 6 min | 10 s"));

        // Typed.
        const auto type = [&](const QString& path) {
            chooser->lineEdit()->setFocus();
            chooser->lineEdit()->selectAll();
            QTest::keyClicks(chooser->lineEdit(), path);
            QTest::keyClick(chooser->lineEdit(), Qt::Key_Return);
        };
        type(folder.filePath("same"));
        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.message(), QStringLiteral("The two records are equal."));
        type(folder.filePath("damaged"));
        QVERIFY(dialog.message().contains("damaged/run.json"));
        QVERIFY(dialog.differences().empty());
        type(folder.filePath("nowhere"));
        QVERIFY(dialog.message().contains("is not there"));
        dialog.setThere(b);
        QCOMPARE(dialog.message(), QString());
    }
};

QTEST_MAIN(TestProvenance)
#include "tst_provenance.moc"
