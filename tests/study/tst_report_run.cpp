// SPDX-License-Identifier: GPL-3.0-or-later
//
// The report of a study: one page, whatever state the study is in, and nothing of what it shows can break it.
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "core/analysis/html.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/study/import_run.h"
#include "core/study/report_run.h"
#include "core/study/study_plan.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

// RTE's full model: three seeds with these accuracies.
void write_scores(const fs::path& study, std::vector<double> accuracies, double population_deviation) {
    const fs::path folder = study / "evaluate_masked/no_mask";
    Json seeds = Json::object();
    double mean = 0.0;
    const std::uint64_t numbers[] = {1337, 42, 86};
    for (std::size_t i = 0; i < accuracies.size(); ++i) {
        seeds[std::to_string(numbers[i])] = {{"acc", accuracies[i]}};
        mean += accuracies[i] / static_cast<double>(accuracies.size());
    }
    QVERIFY(write_json(folder / "per_seed.json", {{"RTE", seeds}}));
    QVERIFY(write_json(folder / "baseline/results.json", {{"RTE", {{"acc", {mean, population_deviation}}}}}));
}

QString why(const Outcome<ReportReport>& outcome) {
    return outcome.failed() ? QString::fromStdString(outcome.error().to_string()) : QStringLiteral("no error");
}

}  // namespace

class TestReportRun : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

    // The page, and its text without tags; fails where it is not well-formed.
    QString page(const fs::path& file, QString* text = nullptr) const {
        const auto bytes = read_file(file);
        if (!bytes) return {};
        const QString html = QString::fromStdString(*bytes);
        QXmlStreamReader reader(html);
        QString seen;
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::Characters) seen += reader.text();
        if (reader.hasError()) {
            qWarning("%s, line %lld", qPrintable(reader.errorString()), static_cast<long long>(reader.lineNumber()));
            return {};
        }
        if (text) *text = seen;
        return html;
    }

private Q_SLOTS:
    void a_study_that_is_only_begun() {
        const fs::path study = path("begun");
        StudyPlan plan = preset_plan(StudyPreset::Demo, Mode::Published);
        plan.tasks = {TaskId::RTE};
        QVERIFY(write_study(study, plan));
        const auto report = run_report({study, std::nullopt, study / "report.html"});
        QVERIFY2(report.done(), qPrintable(why(report)));
        QVERIFY(!report->complete);
        QString text;
        QVERIFY(!page(study / "report.html", &text).isEmpty());
        QVERIFY(text.contains("Not complete."));
        QVERIFY(text.contains("Nothing has been evaluated yet."));
        QVERIFY(text.contains("masks/heads_mlps/RTE/seed_1337"));  // missing of the checklist
        QVERIFY(text.contains("training.learning_rate"));
        QVERIFY(text.contains("published"));
        QVERIFY(text.contains("Study begun"));
        // Again, over the old one, with a slash at the end as shells complete it.
        QVERIFY(run_report({study / "", std::nullopt, study / "report.html"}).done());
        QVERIFY(page(study / "report.html").contains("<title>Study begun</title>"));
        // Without its data the jobs are not known, and the page says so.
        plan.hold_out.reset();
        QVERIFY(write_json(study / "study.json", to_json(plan)));
        fs::remove_all(study / "glue");
        QVERIFY(run_report({study, std::nullopt, study / "report.html"}).done());
        QVERIFY(page(study / "report.html").contains("The jobs cannot be listed: "));
        plan.hold_out = 0;
        QVERIFY(write_json(study / "study.json", to_json(plan)));
        QVERIFY(run_report({study, std::nullopt, study / "report.html"}).done());
    }

    void ours_beside_the_published() {
        const fs::path study = path("ours");
        const fs::path published = path("theirs");
        write_scores(study, {0.60, 0.62, 0.64}, 0.0163);
        write_scores(published, {0.40, 0.41, 0.42}, 0.0082);
        QVERIFY(write_json(study / "models/finetuned/RTE/seed_42/run.json",
                           {{"command", "finetune"},
                            {"start", "2026-01-02T03:04:05Z"},
                            {"seconds", 61.5},
                            {"energy_joules", 3600.0},
                            {"program", {{"lottery", "0.1.0"}, {"libtorch", "2.13.0"}}},
                            {"device", {{"device", "cpu"}, {"name", "A <fast> & cheap CPU"}, {"threads", 2}}},
                            {"inputs", {{"data", {{"train.tsv", std::string(64, 'a')}}}}}}));
        QVERIFY(write_file_atomically(study / "models/finetuned/RTE/seed_86/run.json", "{ half"));
        const fs::path out = study / "report.html";
        const auto report = run_report({study, published, out});
        QVERIFY2(report.done(), qPrintable(why(report)));
        QCOMPARE(report->runs, 2);
        QString text;
        const QString html = page(out, &text);
        QVERIFY(!html.isEmpty());
        QVERIFY(text.contains("differs"));
        QVERIFY(text.contains("0.620 ± 0.020"));
        QVERIFY(text.contains("Welch's two-sided t-test"));
        QVERIFY(text.contains("A <fast> & cheap CPU"));
        QVERIFY(text.contains("3600 J measured"));
        QVERIFY(text.contains(QString(64, 'a')));
        QVERIFY(html.contains("href=\"models/finetuned/RTE/seed_42/run.json\""));
        QVERIFY(text.contains("seed_86/run.json"));  // the damaged record is named, the report is made
        // Elsewhere there is nothing to link to.
        QVERIFY(run_report({study, std::nullopt, path("elsewhere.html")}).done());
        QVERIFY(!page(path("elsewhere.html")).contains("href="));
        QVERIFY(!page(path("elsewhere.html")).contains("differs"));
    }

    void what_is_shown_cannot_break_the_page() {
        const fs::path study = path("a <b> & \"c\"");
        write_scores(study, {0.5, 0.5, 0.5}, 0.0);
        fs::create_directories(study / "figures");
        QVERIFY(write_file_atomically(study / "figures/x & y.svg",
                                      "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"));
        const fs::path out = path("hostile.html");
        const auto report = run_report({study, std::nullopt, out});
        QVERIFY2(report.done(), qPrintable(why(report)));
        QCOMPARE(report->figures, 1);
        QString text;
        const QString html = page(out, &text);
        QVERIFY(text.contains("Study a <b> & \"c\""));
        QVERIFY(text.contains("x & y"));
        QVERIFY(!html.contains("<script"));
        QVERIFY(html.contains("data:image/svg+xml;base64,PHN2Zy"));
    }

    void says_what_is_wrong_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said");
        QTest::newRow("a damaged plan") << "study.json" << QByteArray("{") << "study.json";
        QTest::newRow("a plan that lacks most")
            << "study.json" << QByteArray(R"({"format": 1, "colour": "red"})") << "study.json";
        QTest::newRow("damaged scores") << "evaluate_masked/no_mask/per_seed.json" << QByteArray("[1")
                                        << "per_seed.json";
        QTest::newRow("nothing at all") << "notes.txt" << QByteArray("hello") << "holds no study";
    }
    void says_what_is_wrong() {
        QFETCH(QString, file);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const fs::path study = path(QTest::currentDataTag());
        QVERIFY(write_file_atomically(study / file.toStdString(), bytes.toStdString()));
        const auto report = run_report({study, std::nullopt, study / "report.html"});
        QVERIFY2(why(report).contains(said), qPrintable(why(report)));
        QVERIFY(!fs::exists(study / "report.html"));
    }

    void folders_that_are_not_there() {
        QVERIFY(why(run_report({path("nowhere"), std::nullopt, path("r.html")})).contains("no such folder"));
        const fs::path study = path("alone");
        write_scores(study, {0.5, 0.6, 0.7}, 0.08);
        QVERIFY(why(run_report({study, path("nowhere"), path("r.html")})).contains("nowhere"));
        // Written beside a folder that is a file.
        QVERIFY(write_file_atomically(path("file"), "x"));
        QVERIFY(run_report({study, std::nullopt, path("file") / "r.html"}).failed());
    }

    void a_reference_study_stays_as_it_was() {
        const fs::path source = path("source");
        write_scores(source, {0.5, 0.6, 0.7}, 0.08);
        const fs::path reference = path("reference");
        ProgressSink silent;
        QVERIFY(run_import({source, reference}, {}, silent).done());
        const auto report = run_report({reference, std::nullopt, reference / "report.html"});
        QVERIFY2(why(report).contains("reference"), qPrintable(why(report)));
        QVERIFY(run_report({reference, std::nullopt, path("of-reference.html")}).done());
    }

    void encodes_pictures_data() {
        QTest::addColumn<QByteArray>("bytes");
        for (const char* text : {"", "a", "ab", "abc", "<svg>\xff</svg>"}) QTest::newRow(text) << QByteArray(text);
    }
    void encodes_pictures() {
        QFETCH(QByteArray, bytes);
        const QString html = QString::fromStdString(html_svg(bytes.toStdString(), "d"));
        QVERIFY2(html.contains("base64," + QString::fromLatin1(bytes.toBase64()) + "\""), qPrintable(html));
    }
};

QTEST_APPLESS_MAIN(TestReportRun)
#include "tst_report_run.moc"
