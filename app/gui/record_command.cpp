// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/record_command.h"

#include <QStringList>

#include "core/base/shell_word.h"
#include "core/study/provenance.h"
#include "core/study/recorded_options.h"
#include "widgets/provenance/record_value.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

class CommandLine {
public:
    explicit CommandLine(const QString& words) : text_(QStringLiteral("lottery ") + words) {}

    void add(const char* option, const QString& value) {
        text_ += QStringLiteral(" %1 %2").arg(QLatin1String(option), shellWord(value));
    }
    void add(const char* option, const Json& value) { add(option, exactValue(value)); }
    // Left out where the record has no such key, or undefined.
    void addIf(const char* option, const Json& object, const char* key) {
        if (object.contains(key) && !object.at(key).is_null()) add(option, object.at(key));
    }
    void addList(const char* option, const Json& values) {
        if (values.empty()) return;
        QStringList items;
        for (const Json& value : values) items << exactValue(value);
        add(option, items.join(QLatin1Char(',')));
    }
    const QString& text() const { return text_; }

private:
    QString text_;
};

Result<QString> ofImp(const Json& record, const fs::path& out, const std::string& place) {
    const Json& inputs = record.at("inputs");
    const Json& imp = inputs.at("imp");
    // Read and written again: what is not understood must not be left out, and what is missing has its default.
    LOTTERY_TRY(const TrainingOptions options,
                recorded_training_options(inputs.at("options"), place + ", inputs/options"));
    const Json training = to_json(options);
    CommandLine line(QStringLiteral("mask imp"));
    line.add("--checkpoint", record.at("checkpoint"));
    line.add("--task", inputs.at("task"));
    line.add("--data", record.at("data"));
    line.add("--seed", inputs.at("seed"));
    line.addIf("--target-sparsity", imp, "target_sparsity");
    line.addIf("--rounds", imp, "rounds");
    line.addIf("--amount", imp, "amount");
    line.addIf("--rewind-step", imp, "rewind_step");
    line.addIf("--mlp-output-bias", imp, "mlp_output_bias");
    for (const auto& [option, key] : {std::pair{"--epochs", "epochs"},
                                      {"--batch-size", "batch_size"},
                                      {"--learning-rate", "learning_rate"},
                                      {"--warmup", "warmup_share"},
                                      {"--adam-epsilon", "adam_epsilon"},
                                      {"--weight-decay", "weight_decay"},
                                      {"--dropout", "dropout"},
                                      {"--max-gradient-norm", "max_gradient_norm"},
                                      {"--hold-out", "hold_out"},
                                      {"--max-seq-length", "max_seq_length"},
                                      {"--limit-train", "limit_train"},
                                      {"--limit-dev", "limit_dev"},
                                      {"--save-steps", "save_steps"},
                                      {"--precision", "precision"}})
        line.add(option, training.at(key));
    line.add("--out", exactValue(out.string()));
    return line.text();
}

Result<QString> ofReset(const Json& record, const fs::path& out) {
    const Json& inputs = record.at("inputs");
    CommandLine line(QStringLiteral("reset"));
    line.add("--checkpoint", record.at("checkpoint"));
    line.add("--how", inputs.at("how"));
    line.addIf("--pretrained", record, "pretrained");
    line.addList("--parts", inputs.at("parts"));
    line.addList("--layers", inputs.at("layers"));
    line.addIf("--seed", inputs, "seed");
    line.addIf("--series", inputs, "series");
    if (inputs.contains("scored_on")) {
        const Json& scored = inputs.at("scored_on");
        line.add("--task", scored.at("task"));
        line.add("--data", record.at("data"));
        line.addIf("--limit-dev", scored, "limit_dev");
        line.addIf("--max-seq-length", scored, "max_seq_length");
    }
    line.add("--out", exactValue(out.string()));
    return line.text();
}

Result<QString> ofStudyEvaluation(const Json& record, const fs::path& folder) {
    const Json& inputs = record.at("inputs");
    CommandLine line(QStringLiteral("evaluate"));
    line.add("--study", exactValue(folder.parent_path().string()));
    line.add("--data", record.at("data"));
    line.addIf("--removal", inputs, "removal");
    line.addIf("--random-retrained", inputs, "random_retrained");
    line.addIf("--limit-dev", inputs, "limit_dev");
    // 0 is no length: each model's own.
    if (inputs.value("max_seq_length", 0) > 0) line.addIf("--max-seq-length", inputs, "max_seq_length");
    return line.text();
}

}  // namespace

QString shellWord(const QString& word) { return QString::fromStdString(shell_word(word.toStdString())); }

Result<QString> recordedCommand(const Json& record, const fs::path& folder, const fs::path& out,
                                const std::string& place) {
    try {
        const auto command = record.at("command").get<std::string>();
        if (command == "mask imp") return ofImp(record, out, place);
        if (command == "reset") return ofReset(record, out);
        if (command == "evaluate study") return ofStudyEvaluation(record, folder);
        if (command == "import") {
            CommandLine line(QStringLiteral("import"));
            line.add("--published", record.at("published"));
            line.add("--out", exactValue(out.string()));
            return line.text();
        }
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not the record of this kind of run (") + e.what() + ")", place,
                     "Describe the run anew"};
    }
    return QString();
}

}  // namespace lottery::gui
