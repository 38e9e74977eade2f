# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the .npy files beside this script with numpy; tst_npy knows the values they must give.

<dtype>.npy      [2, 3], 0 1 2 / 3 4 5 (b1: 0 1 1 / 1 1 1), C order, version 1.0
fortran_*.npy    Fortran order; value = index in C order
version_*.npy    the same array in every version of the format
scalar, empty    shapes () and (0, 3)
big_endian, complex, structured, object, text: what is refused
"""

import pathlib
import warnings

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
DTYPES = ["<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "|b1"]


def save(name, array, version=None):
    with open(HERE / f"{name}.npy", "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy advises against versions 2 and 3 where 1 would do
        np.lib.format.write_array(file, array, version=version, allow_pickle=True)


def main():
    for dtype in DTYPES:
        save(dtype[1:], np.arange(6).reshape(2, 3).astype(dtype))
    for version in (1, 2, 3):
        save(f"version_{version}", np.array([0.5, -1.25, 1e30], dtype="<f4"), (version, 0))
    save("fortran_2d", np.asfortranarray(np.arange(12, dtype="<f8").reshape(3, 4)))
    save("fortran_3d", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
    save("fortran_1d", np.asfortranarray(np.arange(5, dtype="<i8")))
    save("extremes_f8", np.array([np.nan, np.inf, -np.inf, -0.0, 0.1], dtype="<f8"))
    save("negative_i2", np.array([-32768, -1, 32767], dtype="<i2"))
    save("scalar", np.array(7.5, dtype="<f4"))
    save("empty", np.zeros((0, 3), dtype="<f4"))
    save("four_dimensions", np.arange(16, dtype="|u1").reshape(2, 2, 2, 2))
    save("big_endian", np.arange(3).astype(">f4"))
    save("complex", np.arange(3).astype("<c8"))
    save("structured", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    save("object", np.array([1, "two", None], dtype=object))
    save("text", np.array(["abc", "de"], dtype="<U3"))
    save("half", np.arange(3).astype("<f2"))


if __name__ == "__main__":
    main()
