// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/task.h"

#include <QTest>
#include <algorithm>
#include <set>

using namespace lottery;

class TestTask : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nine_tasks_by_their_published_names() {
        std::vector<std::string> names;
        for (const auto& task : all_tasks()) names.emplace_back(task.name);
        const std::vector<std::string> published = {"CoLA", "SST-2", "MRPC", "STS-B", "QQP",
                                                    "MNLI", "QNLI",  "RTE",  "WNLI"};
        QCOMPARE(names, published);
    }

    void an_id_finds_its_own_entry() {
        for (const auto& task : all_tasks()) QVERIFY(&task_info(task.id) == &task);
    }

    void names_as_people_type_them_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("name");
        for (const auto& task : all_tasks()) {
            const auto name = QString::fromStdString(std::string(task.name));
            QTest::newRow(qPrintable(name)) << name << name;
        }
        QTest::newRow("lower case") << "mrpc"
                                    << "MRPC";
        QTest::newRow("upper case") << "COLA"
                                    << "CoLA";
        QTest::newRow("no dash") << "sst2"
                                 << "SST-2";
        QTest::newRow("underscore") << "sts_b"
                                    << "STS-B";
    }
    void names_as_people_type_them() {
        QFETCH(QString, typed);
        const auto id = parse_task(typed.toStdString());
        QVERIFY(id);
        QTEST(QString::fromStdString(std::string(task_info(*id).name)), "name");
    }

    void an_unknown_name_lists_the_known_ones() {
        for (const char* typed : {"", "SST", "SST-22", "glue", "MNLI-mm"}) {
            const auto id = parse_task(typed);
            QVERIFY2(!id, typed);
            for (const auto& task : all_tasks()) QVERIFY(id.error().advice.find(task.name) != std::string::npos);
        }
    }

    void each_task_is_whole_data() {
        QTest::addColumn<int>("task");
        for (const auto& task : all_tasks()) QTest::newRow(std::string(task.name).c_str()) << static_cast<int>(task.id);
    }
    void each_task_is_whole() {
        QFETCH(int, task);
        const auto& info = task_info(static_cast<TaskId>(task));
        QVERIFY(info.text_a.position >= 0);
        QVERIFY(info.label.position >= 0 || info.label.position == kLastColumn);
        QCOMPARE(info.has_header, !info.text_a.names.empty());
        QCOMPARE(info.has_header, !info.label.names.empty());
        QCOMPARE(info.is_pair(), !info.text_b.names.empty());
        QVERIFY(!info.dev_files.empty());
        QCOMPARE(std::set(info.classes.begin(), info.classes.end()).size(), info.classes.size());
        QCOMPARE(info.label_count(), info.id == TaskId::STSB ? 1 : info.id == TaskId::MNLI ? 3 : 2);
        QVERIFY(std::count(info.metric_names.begin(), info.metric_names.end(), info.search_metric) == 1);
        QCOMPARE(info.skips_short_rows, info.id == TaskId::QQP);
    }
};

QTEST_GUILESS_MAIN(TestTask)
#include "tst_task.moc"
