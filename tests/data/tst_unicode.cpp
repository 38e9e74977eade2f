// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/unicode.h"

#include <QTest>

using namespace lottery;

namespace {

std::u32string decoded(std::string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) out += unicode::decode(text, at);
    return out;
}

QString shown(const std::u32string& s) {
    QStringList out;
    for (const char32_t c : s) out << QString::number(static_cast<uint>(c), 16).toUpper();
    return out.join(' ');
}

}  // namespace

class TestUnicode : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Expected values: Python's bytes.decode("utf-8", "replace"), and table 3-8 of The Unicode Standard.
    void ill_formed_bytes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("characters");
        QTest::addColumn<int>("first");  // position of the first ill-formed byte
        const auto add = [](const char* name, const char* bytes, const char* characters, int first) {
            QTest::newRow(name) << QByteArray(bytes) << characters << first;
        };
        add("lone continuation", "a\x80z", "61 FFFD 7A", 1);
        add("overlong slash, two bytes", "\xC0\xAF", "FFFD FFFD", 0);
        add("overlong slash, three bytes", "\xE0\x80\xAF", "FFFD FFFD FFFD", 0);
        add("overlong slash, four bytes", "\xF0\x80\x80\xAF", "FFFD FFFD FFFD FFFD", 0);
        add("surrogate", "\xED\xA0\x80", "FFFD FFFD FFFD", 0);
        add("above the last code point", "\xF4\x90\x80\x80", "FFFD FFFD FFFD FFFD", 0);
        add("five bytes", "\xF8\x88\x80\x80\x80", "FFFD FFFD FFFD FFFD FFFD", 0);
        add("truncated at the end", "ab\xE2\x82", "61 62 FFFD", 2);
        add("truncated, then a letter", "\xE2\x82z", "FFFD 7A", 0);
        add("truncated, then another lead", "\xF0\x9F\x98\xC3\xA9", "FFFD E9", 0);
        add("lead, then a letter", "\xC3(", "FFFD 28", 0);
        add("second byte of four wrong", "\xF0\x90(\xBC", "FFFD 28 FFFD", 0);
        add("table 3-8", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "FFFD FFFD FFFD FFFD 41", 0);
        add("after well-formed text", "\xC3\xA9\xFF", "E9 FFFD", 2);
    }
    void ill_formed_bytes() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, first);
        QTEST(shown(decoded(bytes.toStdString())), "characters");
        QCOMPARE(unicode::find_ill_formed(bytes.toStdString()), static_cast<std::size_t>(first));
    }

    void every_character_there_and_back() {
        std::string text;
        std::size_t count = 0;
        for (char32_t c = 0; c < 0x110000; ++c) {
            if (c >= 0xD800 && c < 0xE000) continue;
            const auto begin = text.size();
            unicode::append(text, c);
            auto at = begin;
            if (unicode::decode(text, at) != c || at != text.size()) QFAIL(qPrintable(shown({c})));
            ++count;
        }
        QCOMPARE(unicode::length(text), count);
        // U+FFFD itself is well-formed.
        QCOMPARE(unicode::find_ill_formed(text), std::string_view::npos);
    }

    void normal_forms_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("nfd");
        QTest::addColumn<QString>("nfc");
        // Among them examples of Unicode Standard Annex #15.
        QTest::newRow("letter with ring") << QString("\u212B") << "41 30A"
                                          << "C5";
        QTest::newRow("two marks, order decides") << QString("s\u0323\u0307") << "73 323 307"
                                                  << "1E69";
        QTest::newRow("marks are sorted") << QString("s\u0307\u0323") << "73 323 307"
                                          << "1E69";
        QTest::newRow("partly composed") << QString("\u1E9B\u0323") << "17F 323 307"
                                         << "1E9B 323";
        QTest::newRow("same class keeps order") << QString("a\u0301\u0300") << "61 301 300"
                                                << "E1 300";
        QTest::newRow("blocked") << QString("a\u0334\u0301b\u0301") << "61 334 301 62 301"
                                 << "E1 334 62 301";
        QTest::newRow("excluded from composition") << QString("\u0958") << "915 93C"
                                                   << "915 93C";
        QTest::newRow("mark that decomposes") << QString("\u0344") << "308 301"
                                              << "308 301";
        QTest::newRow("Hangul") << QString("\uD55C\uAC00") << "1112 1161 11AB 1100 1161"
                                << "D55C AC00";
        QTest::newRow("Hangul jamo") << QString("\u1112\u1161\u11AB") << "1112 1161 11AB"
                                     << "D55C";
        QTest::newRow("Hangul, no final consonant")
            << QString("\uAC00\u11A7\u1100\u1161\u11A7\u11A8") << "1100 1161 11A7 1100 1161 11A7 11A8"
            << "AC00 11A7 AC00 11A7 11A8";
        QTest::newRow("compatibility ideograph") << QString("\uF900") << "8C48"
                                                 << "8C48";
        QTest::newRow("ligature stays") << QString("\uFB01") << "FB01"
                                        << "FB01";
        QTest::newRow("many marks") << QString("e" + QString(50, QChar(0x301)) + QString(50, QChar(0x323)))
                                    << QString("65" + QString(" 323").repeated(50) + QString(" 301").repeated(50))
                                    << QString("1EB9" + QString(" 323").repeated(49) + QString(" 301").repeated(50));
    }
    void normal_forms() {
        QFETCH(QString, text);
        auto nfd = text.toStdU32String();
        auto nfc = nfd;
        unicode::decompose(nfd);
        QTEST(shown(nfd), "nfd");
        unicode::compose(nfc);
        QTEST(shown(nfc), "nfc");
        unicode::compose(nfd);
        QCOMPARE(shown(nfd), shown(nfc));
    }

    void lower_case_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("lower");
        QTest::newRow("ASCII") << "AZaz09"
                               << "61 7A 61 7A 30 39";
        QTest::newRow("dotted capital I is two") << QString("\u0130") << "69 307";
        QTest::newRow("sigma, whatever follows") << QString("\u03A3\u03A3") << "3C3 3C3";
        QTest::newRow("sharp s") << QString("\u1E9E") << "DF";
        QTest::newRow("title case") << QString("\u01C5") << "1C6";
        QTest::newRow("Kelvin, Ångström, Ohm") << QString("\u212A\u212B\u2126") << "6B E5 3C9";
    }
    void lower_case() {
        QFETCH(QString, text);
        std::u32string lower;
        for (const char32_t c : text.toStdU32String()) unicode::append_lower(lower, c);
        QTEST(shown(lower), "lower");
    }
};

QTEST_GUILESS_MAIN(TestUnicode)
#include "tst_unicode.moc"
