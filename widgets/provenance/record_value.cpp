// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/provenance/record_value.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <cmath>

#include "core/analysis/record_differences.h"

namespace lottery::gui {

namespace {

constexpr int kShortSum = 12;

QString tr(const char* text) { return QCoreApplication::translate("RecordValue", text); }

bool isUtc(const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().size() == 20 &&
           QDateTime::fromString(exactValue(value), Qt::ISODate).isValid();
}

QString localTime(const Json& value) {
    const QDateTime time = QDateTime::fromString(exactValue(value), Qt::ISODate).toLocalTime();
    return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString duration(double seconds) {
    if (seconds < 0.0 || !std::isfinite(seconds)) return tr("%1 s").arg(seconds);
    if (seconds < 60.0) return tr("%1 s").arg(seconds, 0, 'g', 3);
    const auto whole = static_cast<qlonglong>(std::llround(seconds));
    if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    if (whole < 86400) return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
    return tr("%1 d %2 h").arg(whole / 86400).arg(whole % 86400 / 3600);
}

QString energy(double joules) {
    return joules < 3.6e4 ? tr("%1 J").arg(joules, 0, 'g', 4) : tr("%1 Wh").arg(joules / 3600.0, 0, 'f', 1);
}

}  // namespace

bool isChecksum(const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

QString exactValue(const Json& value) { return QString::fromStdString(value_text(value)); }

QString shownValue(const QString& key, const Json& value) {
    if (value.is_null()) return tr("undefined");
    if (isChecksum(value)) return exactValue(value).left(kShortSum) + QChar(0x2026);
    if (isUtc(value)) return localTime(value);
    if (value.is_number()) {
        const double number = value.get<double>();
        if (key == QLatin1String("seconds") || key.endsWith(QLatin1String("_seconds"))) return duration(number);
        if (key.endsWith(QLatin1String("_joules"))) return energy(number);
        if (key.endsWith(QLatin1String("_bytes")) && number >= 0.0)
            return QLocale(QLocale::English).formattedDataSize(static_cast<qint64>(number), 1);
    }
    return exactValue(value);
}

QString valueHint(const QString& key, const Json& value) {
    const QString exact = exactValue(value);
    if (value.is_null() || value.is_discarded() || shownValue(key, value) == exact) return {};
    if (isChecksum(value)) return tr("SHA-256: %1").arg(exact);
    if (isUtc(value)) return tr("%1 (UTC)").arg(exact);
    if (key.endsWith(QLatin1String("seconds"))) return tr("%1 seconds").arg(exact);
    if (key.endsWith(QLatin1String("_joules"))) return tr("%1 joules").arg(exact);
    if (key.endsWith(QLatin1String("_bytes"))) return tr("%1 bytes").arg(exact);
    return exact;
}

}  // namespace lottery::gui
