// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every figure of a study from files, what it shows, and what is said where there is nothing to draw.
#include "core/study/patterns_run.h"
#include "core/study/study_figures.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/npy.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/mask_set_files.h"
#include "core/study/study_components.h"
#include "core/study/study_tables.h"
#include "tests/figures/scene_checks.h"
#include "tests/study/import_fixture.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

const std::vector<std::pair<const char*, std::vector<float>>> kMasks{{"MRPC/seed_1", {1, 1, 1, 0, 0, 0}},
                                                                     {"MRPC/seed_2", {1, 1, 0, 1, 0, 1}},
                                                                     {"RTE/seed_1", {1, 1, 0, 0, 0, 1}},
                                                                     {"RTE/seed_2", {1, 0, 0, 0, 1, 1}}};

}  // namespace

class TestStudyFigures : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path study() const { return fs::path(folder_.path().toStdString()) / "study"; }

    void write(const fs::path& file, const Array& array) const {
        const auto written = write_npy(study() / "masks" / file, array);
        QVERIFY2(written, written ? "" : written.error().to_string().c_str());
    }

    StudyFigureRequest request(StudyFigureKind kind) const {
        StudyFigureRequest wanted;
        wanted.study = study();
        wanted.kind = kind;
        return wanted;
    }

private Q_SLOTS:
    void initTestCase() {
        for (const auto& [run, mask] : kMasks) {
            const fs::path place = fs::path("heads_mlps") / run;
            write(place / "head_mask.npy", {{2, 3}, mask});
            write(place / "mlp_mask.npy", {{2}, {1, mask[2]}});
            for (const char* name : {"head_importance.npy", "head_importance_0.npy"})
                write(place / name, {{2, 3}, {0.0F, 0.25F, 0.5F, 0.75F, 1.0F, 0.125F}});
            write(place / "head_importance_1.npy", {{2, 3}, {1.0F, 0.75F, 0.5F, 0.25F, 0.0F, 0.875F}});
            // Heads alone: the complement, without MLPs.
            auto other = mask;
            for (float& value : other) value = 1.0F - value;
            write(fs::path("heads") / run / "head_mask.npy", {{2, 3}, other});
            MagnitudeResult search;
            search.metric = "acc";
            search.steps.resize(1);
            search.survival.heads = HeadMatrix(2, 3, 0.5F);
            search.survival.heads.at(0, 1) = 0.25F;
            search.survival.mlps = {0.5F, 0.75F};
            search.survival.kept = 50;
            search.survival.prunable = 100;
            search.steps[0].survival = search.survival;
            search.steps[0].kept = 50;
            search.steps[0].kept_share = 0.5;
            Json record{{"format", 1},        {"task", "MRPC"}, {"kind", "magnitude"},
                        {"mode", "rigorous"}, {"split", "dev"}, {"mlp_output_bias", "pruned"}};
            record.update(to_json(search));
            QVERIFY(write_json(study() / "masks/global" / run / "search.json", record));
            QVERIFY(write_file_atomically(study() / "masks/global" / run / "weight_mask.safetensors", "unread"));
        }
        QVERIFY(write_file_atomically(study() / "evaluate_masked/head_mlp/baseline/results.json", kImportedScores));
        PatternReport patterns;
        patterns.classifier_name = "built-in";
        patterns.example_rows = {0, 3};
        patterns.dev_examples = 4;
        patterns.maps = 12;
        patterns.present = HeadMatrix(2, 3, 1.0F);
        patterns.shares = {0.5, 0.5, 0.0, 0.0, 0.0};
        patterns.head_shares.assign(6, patterns.shares);
        for (const auto& [run, mask] : kMasks)
            for (const char* model : {"pretrained", "finetuned"})
                QVERIFY(write_json(study() / "patterns" / model / run / "raw" / "patterns.json", to_json(patterns)));
    }

    void every_figure_is_drawn_data() {
        QTest::addColumn<int>("kind");
        for (const auto& figure : all_study_figures())
            QTest::newRow(std::string(figure.id).c_str()) << static_cast<int>(figure.kind);
    }
    void every_figure_is_drawn() {
        QFETCH(int, kind);
        auto wanted = request(static_cast<StudyFigureKind>(kind));
        if (wanted.kind == StudyFigureKind::TaskSurvival) wanted.tasks = {TaskId::RTE};
        const auto read = read_study_figure(wanted);
        QVERIFY_VALUE(read);
        QVERIFY(!title_of(*read).empty());
        for (const double width : {one_column_mm, two_columns_mm}) {
            FigureStyle style;
            style.width_mm = width;
            const Figure figure = draw_study_figure(*read, true, style);
            QVERIFY(finite(figure.scene));
            QCOMPARE(outside(figure.scene), QString());
            QVERIFY(figure.scene.primitives.size() > 5);
            QVERIFY(!figure.data.rows.empty());
            for (const auto& row : figure.data.rows) QCOMPARE(row.size(), figure.data.columns.size());
            QVERIFY(texts_of(figure.scene).join(' ').contains(QString::fromStdString(title_of(*read)).left(8)));
            const Figure untitled = draw_study_figure(*read, false, style);
            QVERIFY(!texts_of(untitled.scene).contains(QString::fromStdString(title_of(*read))));
        }
    }

    void survival_counts_tasks() {
        const auto read = read_study_figure(request(StudyFigureKind::Survival));
        QVERIFY_VALUE(read);
        const auto& picture = std::get<HeatmapPicture>(*read);
        QCOMPARE(picture.content.values.heads.values, (std::vector<float>{2.0F, 1.5F, 0.5F, 0.5F, 0.5F, 1.5F}));
        QCOMPARE(picture.content.values.mlps, (std::vector<float>{2.0F, 0.5F}));
        QVERIFY(std::abs(picture.content.deviation->heads.at(0, 1) - std::sqrt(0.5F)) < 1e-6F);
        auto one = request(StudyFigureKind::TaskSurvival);
        one.tasks = {TaskId::MRPC};
        const auto share = read_study_figure(one);
        QVERIFY_VALUE(share);
        QCOMPARE(std::get<HeatmapPicture>(*share).content.values.heads.values,
                 (std::vector<float>{1.0F, 1.0F, 0.5F, 0.5F, 0.0F, 0.5F}));
    }

    void settings_are_compared() {
        auto wanted = request(StudyFigureKind::Survival);
        wanted.compare = "heads";
        const auto read = read_study_figure(wanted);
        QVERIFY_VALUE(read);
        const auto& picture = std::get<HeatmapPicture>(*read);
        // Two tasks: kept in n of them here, in 2 − n there.
        QCOMPARE(picture.content.values.heads.values, (std::vector<float>{2.0F, 1.0F, -1.0F, -1.0F, -1.0F, 1.0F}));
        QVERIFY(picture.content.values.mlps.empty());
        QVERIFY(picture.options.map == ColorMap::BlueRed);
        QVERIFY(title_of(*read).find("heads_mlps \u2212 heads") != std::string::npos);
    }

    void studies_are_compared() {
        const fs::path published = study().parent_path() / "published";
        fs::create_directories(published / "masks");
        fs::copy(study() / "masks/heads", published / "masks/heads_mlps", fs::copy_options::recursive);
        auto wanted = request(StudyFigureKind::Survival);
        wanted.compare_study = published;
        const auto read = read_study_figure(wanted);
        QVERIFY_VALUE(read);
        QCOMPARE(std::get<HeatmapPicture>(*read).content.values.heads.values,
                 (std::vector<float>{2.0F, 1.0F, -1.0F, -1.0F, -1.0F, 1.0F}));
        QVERIFY(title_of(*read).find("heads_mlps \u2212 heads_mlps of published") != std::string::npos);
        QVERIFY(says(command_of(wanted), "--compare-study"));
        wanted.compare = "heads";  // which the other study does not have
        QVERIFY(!read_study_figure(wanted));
    }

    void tasks_and_seeds_are_chosen() {
        auto wanted = request(StudyFigureKind::Survival);
        wanted.tasks = {TaskId::RTE};
        wanted.seeds = {2};
        const auto read = read_study_figure(wanted);
        QVERIFY_VALUE(read);
        QCOMPARE(std::get<HeatmapPicture>(*read).content.values.heads.values, kMasks[3].second);
        QVERIFY(!std::get<HeatmapPicture>(*read).content.deviation.has_value());
        wanted.seeds = {3};
        QVERIFY(!read_study_figure(wanted));
    }

    void tables_are_those_of_the_analyses() {
        const auto masks = [&](MaskedComponents components) {
            return read_mask_set({study() / "masks" / "heads_mlps", components, {}})->set;
        };
        const auto heads = masks(MaskedComponents::Heads), mlps = masks(MaskedComponents::Mlps);
        const auto text = [&](StudyFigureRequest wanted) {
            const auto tables = read_study_tables(wanted);
            if (!tables) qFatal("%s", tables.error().to_string().c_str());
            return text_of(tables->tables);
        };
        auto wanted = request(StudyFigureKind::Agreement);
        QCOMPARE(text(wanted), text_of(tables_of(agreement(heads))));
        QVERIFY(text(wanted).find("Cochran") != std::string::npos);
        QVERIFY(read_study_tables(wanted)->json == to_json(agreement(heads)));
        wanted.components = MaskedComponents::Mlps;
        QCOMPARE(text(wanted), text_of(tables_of(agreement(mlps))));
        QCOMPARE(text(request(StudyFigureKind::Overlap)), text_of(tables_of(overlap(heads))));
        // Of heads and of MLPs, as the figure.
        const auto both = *read_study_tables(request(StudyFigureKind::Survival));
        QCOMPARE(both.tables.size(), tables_of(survival(heads)).size() + tables_of(survival(mlps)).size());
        QCOMPARE(both.data.rows.size(), std::size_t{2 * 3 + 2});
        QVERIFY(both.json.at("mlps") == to_json(survival(mlps)));
        // As chosen.
        auto one = request(StudyFigureKind::Agreement);
        one.tasks = {TaskId::RTE};
        one.seeds = {1};
        QCOMPARE(read_study_tables(one)->json.at("tasks").size(), std::size_t{1});
        for (const auto& figure : all_study_figures())
            QCOMPARE(read_study_tables(request(figure.kind)).has_value(), figure.has_tables);
    }

    void weights_are_averaged_over_runs() {
        const auto read = read_study_figure(request(StudyFigureKind::Magnitude));
        QVERIFY_VALUE(read);
        const auto& values = std::get<HeatmapPicture>(*read).content.values;
        QCOMPARE(values.heads.at(0, 1), 0.25F);
        QCOMPARE(values.mlps, (std::vector<float>{0.5F, 0.75F}));
    }

    void the_command_says_what_was_asked_for() {
        auto wanted = request(StudyFigureKind::Overlap);
        wanted.study = "/a study";
        wanted.components = MaskedComponents::Mlps;
        wanted.tasks = {TaskId::RTE, TaskId::MRPC};
        wanted.seeds = {7};
        QCOMPARE(command_of(wanted), std::string("lottery figure overlap --study '/a study' --components mlps --tasks "
                                                 "RTE,MRPC --seeds 7"));
        const auto metadata = metadata_of(wanted);
        QCOMPARE(metadata.at("command"), command_of(wanted));
        QCOMPARE(metadata.at("setting"), std::string("heads_mlps"));
        QCOMPARE(metadata.at("seeds"), std::string("7"));
    }

    void single_components_are_read() {
        const auto read = read_study_components(study(), "heads_mlps");
        QVERIFY_VALUE(read);
        const auto facts = component_facts(*read, {0, 1});
        QCOMPARE(facts.tasks.size(), std::size_t{2});
        QCOMPARE(facts.tasks[1].kept, 1);  // RTE, seed 1
        QCOMPARE(*facts.tasks[1].importance, 0.25);
        QCOMPARE(*facts.tasks[1].rank, 4.0);
        QCOMPARE(*facts.tasks[1].weights_share, 0.25);
        QCOMPARE(component_facts(*read, {1, -1}).tasks[0].kept, 1);
        // Heads alone have no importances here; a setting that is not there says nothing but of weights.
        const auto heads = read_study_components(study(), "heads");
        QVERIFY_VALUE(heads);
        QVERIFY(!component_facts(*heads, {0, 1}).tasks[0].importance.has_value());
        const auto none = read_study_components(study(), "nothing");
        QVERIFY_VALUE(none);
        QCOMPARE(component_facts(*none, {0, 1}).tasks[0].seeds, 0);
        QVERIFY(write_file_atomically(study() / "masks/damaged/RTE/seed_1/head_mask.npy", "no array"));
        QVERIFY(!read_study_components(study(), "damaged"));
        fs::remove_all(study() / "masks/damaged");
    }

    void settings_are_found() {
        QCOMPARE(settings_for(study(), StudyFigureKind::Survival), (std::vector<std::string>{"heads", "heads_mlps"}));
        QCOMPARE(settings_for(study(), StudyFigureKind::Importance), std::vector<std::string>{"heads_mlps"});
        QCOMPARE(settings_for(study(), StudyFigureKind::Magnitude), std::vector<std::string>{"global"});
        QVERIFY(settings_for("/nowhere", StudyFigureKind::Survival).empty());
    }

    void what_cannot_be_drawn_is_said() {
        const auto refused = [](const StudyFigureRequest& wanted, const char* part) {
            const auto read = read_study_figure(wanted);
            QVERIFY(!read);
            QVERIFY2(says(read.error().to_string(), part), read.error().to_string().c_str());
        };
        refused(request(StudyFigureKind::TaskSurvival), "one expected");
        auto compared = request(StudyFigureKind::Overlap);
        compared.compare = "heads";
        refused(compared, "two settings can be compared in");
        auto missing = request(StudyFigureKind::Survival);
        missing.setting = "heads_mlps_super";
        refused(missing, "heads_mlps_super");
        auto family = request(StudyFigureKind::Evaluation);
        family.family = ExperimentFamily::Super;
        refused(family, "no such scores");
        auto mlps = request(StudyFigureKind::ImportanceEvolution);
        mlps.components = MaskedComponents::Mlps;
        refused(mlps, "no importances found");
        // A model of another size.
        write("other/RTE/seed_1/head_mask.npy", {{3, 3}, std::vector<float>(9, 1.0F)});
        auto other = request(StudyFigureKind::Survival);
        other.compare = "other";
        refused(other, "of another size");
        QVERIFY(write_file_atomically(study() / "masks/broken/RTE/seed_1/head_mask.npy", "no array"));
        auto broken = request(StudyFigureKind::Overlap);
        broken.setting = "broken";
        refused(broken, "head_mask.npy");
    }
};

QTEST_GUILESS_MAIN(TestStudyFigures)
#include "tst_study_figures.moc"
