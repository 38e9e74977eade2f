// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_facts.h"

#include <QCoreApplication>
#include <QLocale>

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("RunFacts", text); }

QString count(const Json& number) { return QLocale(QLocale::English).toString(number.get<qlonglong>()); }
QString share(const Json& number) { return QStringLiteral("%1 %").arg(number.get<double>() * 100.0, 0, 'f', 1); }
QString text(const Json& json) { return QString::fromStdString(json.get<std::string>()); }

// {"all", "good", "kept", "shared", "share"}
QString overlapText(const Json& overlap) {
    return tr("%1 of %2 kept, %3 by the good mask; of those kept, %4 are good (%5)")
        .arg(count(overlap.at("kept")), count(overlap.at("all")), count(overlap.at("good")),
             count(overlap.at("shared")), share(overlap.at("share")));
}

void addOverlap(Facts& facts, const QString& prefix, const Json& overlap) {
    facts.push_back({prefix + tr("Heads"), overlapText(overlap.at("heads"))});
    if (overlap.contains("mlps")) facts.push_back({prefix + tr("MLPs"), overlapText(overlap.at("mlps"))});
}

Facts ofControl(const Json& run) {
    const Json& result = run.at("result");
    const Json& inputs = run.at("inputs");
    Facts facts{{tr("Control"), text(result.contains("kind") ? result.at("kind") : result.at("control"))}};
    if (result.contains("overlap")) {
        addOverlap(facts, {}, result.at("overlap"));
        facts.push_back({tr("Mode"), text(inputs.at("mode"))});
        if (inputs.contains("random_size")) facts.push_back({tr("Size (Q5)"), text(inputs.at("random_size"))});
        if (inputs.contains("bad_fill")) facts.push_back({tr("Topped up from (Q6)"), text(inputs.at("bad_fill"))});
        facts.push_back({tr("Good mask"), text(run.at("head_mask"))});
    } else {
        facts.push_back(
            {tr("Weights"), tr("%1 of %2 kept (%3); of those kept, %4 are good (%5)")
                                .arg(count(result.at("kept_weights")), count(result.at("prunable_weights")),
                                     share(result.at("kept_weights_share")), count(result.at("overlap_weights")),
                                     share(result.at("overlap_share")))});
        facts.push_back({tr("Good mask"), text(run.at("weight_mask"))});
    }
    if (inputs.contains("seed"))
        facts.push_back({tr("Seed of the draw"), QString::fromStdString(inputs.at("seed").dump())});
    return facts;
}

Facts ofRemoval(const Json& run) {
    const Json& result = run.at("result");
    return {{tr("Heads kept"), count(result.at("kept_heads"))},
            {tr("MLPs kept"), count(result.at("kept_mlps"))},
            {tr("Parameters"),
             tr("%1, of %2 before").arg(count(result.at("parameters")), count(result.at("parameters_before")))},
            {tr("Parameters kept"),
             tr("%1 of the original model’s, embeddings aside").arg(share(result.at("parameters_kept_share")))},
            {tr("transformers"), result.at("loads_in_transformers").get<bool>()
                                     ? tr("loads this checkpoint")
                                     : tr("knows no model without an MLP or with a layer without heads; this program "
                                          "loads it")},
            {tr("Removed from"), text(run.at("checkpoint"))}};
}

// {"task", "seeds", "overlap_bad", "overlap_random"}
Facts ofSupermask(const Json& run) {
    const Json& result = run.at("result");
    Facts facts{{tr("Task"), text(result.at("task"))},
                {tr("Seeds"), QString::number(result.at("seeds").size())},
                {tr("Kept by every seed"),
                 result.at("kept_mlps").is_null()
                     ? tr("%1 heads").arg(count(result.at("kept_heads")))
                     : tr("%1 heads, %2 MLPs").arg(count(result.at("kept_heads")), count(result.at("kept_mlps")))}};
    addOverlap(facts, tr("Super bad: "), result.at("overlap_bad"));
    for (std::size_t i = 0; i < result.at("overlap_random").size(); ++i)
        addOverlap(facts, tr("Super random, seed %1: ").arg(QString::fromStdString(result.at("seeds")[i].dump())),
                   result.at("overlap_random")[i]);
    return facts;
}

}  // namespace

Facts runFacts(const Json& run) {
    try {
        const QString command = text(run.at("command"));
        if (command.startsWith(QLatin1String("subnetwork "))) return ofControl(run);
        if (command.startsWith(QLatin1String("supermask"))) return ofSupermask(run);
        if (command == QLatin1String("remove")) return ofRemoval(run);
    } catch (const nlohmann::json::exception&) {
        // Another program's or version's record: the masks are shown without it.
    }
    return {};
}

}  // namespace lottery::gui
