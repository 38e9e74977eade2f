// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the option pages' forms are written with.
//
// Thread rule: GUI thread only.
#pragma once

#include <QCoreApplication>
#include <type_traits>

#include "widgets/runs/field_set.h"

namespace lottery::gui::forms {

inline QString tr(const char* text) { return QCoreApplication::translate("RunOptions", text); }

inline QString key(const char* id) { return QString::fromLatin1(id); }

inline FieldText field(const char* id, const char* label, const char* note, const char* hint) {
    return {key(id), tr(label), *note ? tr(note) : QString(), tr(hint)};
}

template <typename T>
void read(const FieldSet& fields, const char* id, T& value) {
    if constexpr (std::is_enum_v<T>)
        value = static_cast<T>(fields.choice(key(id)));
    else if constexpr (std::is_same_v<T, bool>)
        value = fields.checked(key(id));
    else if constexpr (std::is_floating_point_v<T>)
        value = fields.real(key(id));
    else
        value = static_cast<T>(fields.integer(key(id)));
}

template <typename T>
void show(FieldSet& fields, const char* id, T value) {
    if constexpr (std::is_enum_v<T>)
        fields.setChoice(key(id), static_cast<int>(value));
    else if constexpr (std::is_same_v<T, bool>)
        fields.setChecked(key(id), value);
    else if constexpr (std::is_floating_point_v<T>)
        fields.setReal(key(id), value);
    else
        fields.setInteger(key(id), static_cast<qint64>(value));
}

}  // namespace lottery::gui::forms
