// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/html.h"

#include <algorithm>
#include <array>

namespace lottery {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --text: #1a1a1a; --muted: #5f6368; --line: #d7dade; --back: #ffffff; --band: #f4f5f7; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6e6; --muted: #a0a4a8; --line: #45494e; --back: #1e1f21; --band: #28292c; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; font-size: 0.9rem; margin: 0.8rem 0; display: block; overflow-x: auto; }
th, td { padding: 0.2rem 0.7rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
th.text, td.text { text-align: left; } th { background: var(--band); }
figure { margin: 1rem 0; } figure img { background: #ffffff; max-width: 100%; padding: 0.4rem; }
figcaption, .note { color: var(--muted); font-size: 0.9rem; }
code { font-size: 0.88em; overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; }
  table { display: table; } }
)css";

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::array<unsigned, 3> group{};
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < count; ++k) group[k] = static_cast<unsigned char>(bytes[i + k]);
        const unsigned bits = group[0] << 16U | group[1] << 8U | group[2];
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[bits >> (18U - 6U * k) & 63U] : '=';
    }
    return text;
}

}  // namespace

std::string html_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

std::string html_table(const TextCells& cells, std::size_t text_columns) {
    std::string html = "<table>\n";
    for (std::size_t r = 0; r < cells.size(); ++r) {
        const std::string tag = r == 0 ? "th" : "td";
        html += "<tr>";
        for (std::size_t i = 0; i < cells[r].size(); ++i)
            html +=
                "<" + tag + (i < text_columns ? " class=\"text\">" : ">") + html_escape(cells[r][i]) + "</" + tag + ">";
        html += "</tr>\n";
    }
    return html + "</table>\n";
}

std::string html_paragraph(std::string_view text) { return "<p>" + html_escape(text) + "</p>\n"; }

std::string html_list(const std::vector<std::string>& items) {
    std::string html = "<ul>\n";
    for (const auto& item : items) html += "<li>" + html_escape(item) + "</li>\n";
    return html + "</ul>\n";
}

std::string html_svg(std::string_view svg, std::string_view description) {
    const std::string text = html_escape(description);
    return "<figure><img alt=\"" + text + "\" src=\"data:image/svg+xml;base64," + base64(svg) + "\"/><figcaption>" +
           text + "</figcaption></figure>\n";
}

std::string html_page(std::string_view title, std::string_view body) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
           "content=\"width=device-width\"/>\n<title>" +
           html_escape(title) + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<h1>" +
           html_escape(title) + "</h1>\n" + std::string(body) + "</body>\n</html>\n";
}

}  // namespace lottery
