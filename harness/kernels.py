"""The kernel loader: compiled C functions as checked Python callables.

`kernel("k_medoids").km_cost_f32(matrix, n, k, medoids)`: arrays are passed where C takes a pointer,
numbers where it takes a number. An array of another dtype, one that is not C-contiguous, or a
read-only one where C writes, is refused before C sees it. Lengths are the caller's duty.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

_DTYPES = {
    "float": "float32",
    "double": "float64",
    "int8_t": "int8",
    "int16_t": "int16",
    "int32_t": "int32",
    "int64_t": "int64",
    "uint8_t": "uint8",
    "uint16_t": "uint16",
    "uint32_t": "uint32",
    "uint64_t": "uint64",
    "size_t": "uint64",
    "char": "uint8",
}


class KernelError(Exception):
    """A kernel is missing, or was called with what C must not see."""


class UnknownFunctionError(KernelError, AttributeError):
    """A kernel has no such function; an AttributeError, so that `hasattr` works."""


class Kernel:
    """The functions of one compiled kernel, as attributes."""

    def __init__(self, name: str, module: ModuleType) -> None:
        self.name = name
        self._ffi = module.ffi
        self._lib = module.lib
        self.digest: str = self._ffi.string(self._lib.kernel_digest).decode()
        text = self._ffi.string(self._lib.kernel_declarations).decode()
        self._prototypes = {
            found[2]: [argument.strip() for argument in found[3].split(",")]
            for found in re.finditer(r"([\w\s*]+?)\b(\w+)\s*\(([^()]*)\)\s*;", text)
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._prototypes:
            raise UnknownFunctionError(
                f"kernel {self.name!r} has no function {name!r}; "
                f"it has {', '.join(sorted(self._prototypes))}"
            )
        function = self._checked(name)
        setattr(self, name, function)  # found at once the next time
        return function

    def _checked(self, name: str) -> Callable[..., Any]:
        c_function = getattr(self._lib, name)
        arguments = [a for a in self._prototypes[name] if a != "void"]
        converters = [self._converter(name, argument) for argument in arguments]

        def call(*values: Any) -> Any:
            if len(values) != len(converters):
                raise KernelError(
                    f"{name} takes {len(converters)} arguments ({', '.join(arguments)}), "
                    f"got {len(values)}"
                )
            return c_function(
                *[
                    value if c is None else c(value)
                    for c, value in zip(converters, values, strict=True)
                ]
            )

        call.__name__ = name
        call.__doc__ = f"{name}({', '.join(arguments)})"
        return call

    def _converter(self, function: str, argument: str) -> Callable[[Any], Any] | None:
        """What turns a Python value into the C argument; None for plain numbers, left to cffi."""
        if "*" not in argument:
            return None
        c_type, _, c_name = argument.partition("*")
        const = "const" in c_type
        c_type = c_type.replace("const", "").strip()
        dtype = _DTYPES[c_type]
        ffi, pointer = self._ffi, self._ffi.typeof(f"{c_type} *")
        where = f"{function}: argument {c_name.strip()!r}"

        def convert(value: Any) -> Any:
            try:
                if value.dtype != dtype:
                    raise KernelError(f"{where} must have dtype {dtype}, got {value.dtype}")
                return ffi.from_buffer(pointer, value, require_writable=not const)
            except AttributeError:
                got = type(value).__name__
                raise KernelError(f"{where} must be a {dtype} array, got {got}") from None
            except (ValueError, BufferError) as error:
                wanted = "C-contiguous" if const else "C-contiguous and writable"
                raise KernelError(f"{where} must be {wanted} ({error})") from None

        return convert


@functools.cache
def kernel(name: str) -> Kernel:
    """The compiled kernel `name` (built from `cext/<name>.c` and `<name>.h`).

    Raises:
        KernelError: where there is no such kernel, or it was not compiled.
    """
    try:
        module = importlib.import_module(f"harness._kernels._{name}")
    except ModuleNotFoundError:
        raise KernelError(
            f"there is no compiled kernel {name!r}; install the project again "
            "(`make install`, or `pip install -e .`) with a C compiler at hand"
        ) from None
    return Kernel(name, module)
