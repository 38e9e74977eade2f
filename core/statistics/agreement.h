// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far several masks of the same components agree. A mask is a row of 0 and 1; rows are what statistics call raters,
// components what they call subjects. All rows have the same length.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace lottery {

using MaskRow = std::vector<std::uint8_t>;

// Whether all rows keep the same share of components: Cochran's Q for matched samples, χ² with rows − 1 degrees of
// freedom (W. G. Cochran, Biometrika 37, 1950). For two rows it is McNemar's test without correction.
struct CochranTest {
    double q = 0.0;
    int degrees_of_freedom = 0;
    double p_value = 0.0;
};
// Nothing where it is 0/0: fewer than two rows, or no component on which rows differ.
std::optional<CochranTest> cochran_q(const std::vector<MaskRow>& rows);

// Agreement beyond chance, 1 complete, 0 as by chance (J. L. Fleiss, Psychological Bulletin 76, 1971). Nothing where it
// is 0/0: fewer than two rows, or all rows keep all, or nothing.
std::optional<double> fleiss_kappa(const std::vector<MaskRow>& rows);

// Krippendorff's α with interval distance, values 0 and 1. Nothing under the same conditions.
std::optional<double> krippendorff_alpha(const std::vector<MaskRow>& rows);

// p-values adjusted for their number, in the order given (S. Holm, Scandinavian Journal of Statistics 6, 1979). What is
// undefined stays so and does not count.
std::vector<std::optional<double>> holm_adjusted(const std::vector<std::optional<double>>& p_values);

// |A ∩ B| / |A ∪ B|. Nothing where both are empty.
std::optional<double> jaccard(const MaskRow& a, const MaskRow& b);
// Its expectation for random masks that keep `first` and `second` of `all` components, exactly: the intersection is
// hypergeometric. Nothing where both are 0.
std::optional<double> expected_jaccard(int first, int second, int all);

int kept_count(const MaskRow& row);
int shared_count(const MaskRow& a, const MaskRow& b);  // kept by both

}  // namespace lottery
