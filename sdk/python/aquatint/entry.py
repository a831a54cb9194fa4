"""What a component exports. The build writes a module that calls `exports`; plugins do not."""

from __future__ import annotations

import importlib
import random
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import _host, log, values
from .context import Context
from .hooks import Axis, Plugin, Point, plugin
from .latents import Latents, Moment
from .picture import Picture
from .problems import Exhausted, Failed, InvalidInput, NotFound, Problem

_real_random = False


def exports(
    module: str, id: str, version: str, sdk: str, hooks: list[str], real_random: bool
) -> dict[str, type]:
    """The classes that componentize-py looks for, by name: `Info`, and one for each hook. `real_random` is whether the
    plugin asks for the permission `random`.

    Raises `TypeError` if the plugin lacks a function for a hook that its manifest lists.
    """
    global _real_random
    _real_random = real_random
    _host.load()
    classes: dict[str, type] = {"Info": _info(id, version, sdk)}
    for hook in hooks:
        there = plugin.axis_makers if hook == "sweep" else hook in plugin.functions
        if not there:
            decorator = "axis(KEY, LABEL)" if hook == "sweep" else hook.replace("-", "_")
            raise TypeError(
                f"plugin.toml lists the hook {hook}, but {module}.py has no function with @plugin.{decorator}"
            )
        classes[_MAKERS[hook][0]] = _MAKERS[hook][1](plugin)
    log.install()
    return classes


def _info(id: str, version: str, sdk: str) -> type:
    info = importlib.import_module("wit_world.exports.info")

    class Info:
        def describe(self) -> Any:
            extra = {"sdk": f"aquatint-python {sdk}", "language": "python"}
            return info.Description(id, version, values.to_params(extra, {}))

    return Info


def _pre_process(plugin: Plugin) -> type:
    class PreProcess:
        def run(self, request: list[Any]) -> Any:
            def work(ctx: Context) -> Any:
                given = values.from_params(request)
                changes = plugin.functions["pre-process"](given, ctx)
                if changes is None:
                    return []
                if not isinstance(changes, Mapping):
                    raise TypeError(f"pre_process returned {_kind(changes)}, expected a dict or None")
                return values.to_params(changes, _variants(request))

            return answer(work)

    return PreProcess


def _denoise(plugin: Plugin) -> type:
    class Denoise:
        def run(self, moment: Any, latents: Any) -> None:
            def work(ctx: Context) -> None:
                plugin.functions["denoise"](Moment(moment), Latents(latents), ctx)

            return answer(work)

    return Denoise


def _post_process(plugin: Plugin) -> type:
    class PostProcess:
        def run(self, picture: Any) -> Any:
            def work(ctx: Context) -> Any:
                given = Picture(picture)
                result = plugin.functions["post-process"](given, ctx)
                if result is None or result is given:
                    return None
                if not isinstance(result, Picture):
                    raise TypeError(f"post_process returned {_kind(result)}, expected a Picture or None")
                return result._raw

            return answer(work)

    return PostProcess


def _script(plugin: Plugin) -> type:
    class Script:
        def run(self) -> Any:
            def work(ctx: Context) -> Any:
                result = plugin.functions["script"](ctx)
                pictures = [result] if isinstance(result, Picture) else _several("script", "Pictures", result)
                for picture in pictures:
                    if not isinstance(picture, Picture):
                        raise TypeError(f"script returned {_kind(picture)} among its pictures")
                return [picture._raw for picture in pictures]

            return answer(work)

    return Script


def _sweep(plugin: Plugin) -> type:
    sweep = importlib.import_module("wit_world.exports.sweep")

    def all_axes(ctx: Context) -> list[Axis]:
        axes: dict[str, Axis] = {}
        for make in plugin.axis_makers:
            for axis in _several("axes", "Axis objects", make(ctx)):
                if not isinstance(axis, Axis):
                    raise TypeError(f"axes returned {_kind(axis)}, expected an Axis")
                if axis.key in axes:
                    raise InvalidInput(f"axis `{axis.key}` is there twice, expected each key once")
                axes[axis.key] = axis
        return list(axes.values())

    def points_of(axis: Axis, given: dict[str, Any], variants: Mapping[str, str]) -> list[Any]:
        points = []
        for point in _several(f"axis {axis.key}", "Points", axis.points(given)):
            if not isinstance(point, Point):
                raise TypeError(f"axis {axis.key} gave {_kind(point)}, expected a Point")
            points.append(sweep.Point(str(point.label), values.to_params(point.changes, variants)))
        return points

    class Sweep:
        def axes(self) -> Any:
            return answer(lambda ctx: [sweep.Axis(axis.key, axis.label) for axis in all_axes(ctx)])

        def points(self, axis: str, request: list[Any]) -> Any:
            def work(ctx: Context) -> Any:
                axes = {found.key: found for found in all_axes(ctx)}
                if axis not in axes:
                    there = ", ".join(axes) or "none"
                    raise NotFound(f"no axis `{axis}`, the axes are: {there}")
                return points_of(axes[axis], values.from_params(request), _variants(request))

            return answer(work)

    return Sweep


_MAKERS: dict[str, tuple[str, Callable[[Plugin], type]]] = {
    "pre-process": ("PreProcess", _pre_process),
    "denoise": ("Denoise", _denoise),
    "post-process": ("PostProcess", _post_process),
    "script": ("Script", _script),
    "sweep": ("Sweep", _sweep),
}


def answer(work: Callable[[Context], Any]) -> Any:
    """Runs one call of a hook. Whatever it raises becomes a `problem`, so that the host need not guess from a trap."""
    ctx = Context()
    # What the interpreter drew at the start is in the component, the same for every picture.
    random.seed(None if _real_random else ctx.seed)
    try:
        return work(ctx)
    except Problem as problem:
        raise _host.to_host(problem) from None
    except MemoryError:
        raise _host.to_host(Exhausted("out of memory, see [limits] in plugin.toml")) from None
    except BaseException as error:
        log.error("".join(traceback.format_exception(error)).rstrip())
        raise _host.to_host(Failed(summary(error))) from None
    finally:
        log.finish()


def summary(error: BaseException) -> str:
    """The last line of an exception, and where it came from: `ValueError: no such style (plugin.py:12)`."""
    line = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, ModuleNotFoundError):
        line += ": a plugin's modules are loaded when it is built, so import it at the top of the file"
    place = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename.replace("\\", "/")
        if frame.f_globals.get("__name__", "").partition(".")[0] != __package__:
            place = f" ({file.rpartition('/')[2]}:{number})"
    return line + place


def _variants(params: Iterable[Any]) -> dict[str, str]:
    return {param.key: values.variant_of(param.value) for param in params}


def _several(what: str, expected: str, given: Any) -> list[Any]:
    if isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping)):
        return list(given)
    raise TypeError(f"{what} returned {_kind(given)}, expected a list of {expected}")


def _kind(given: Any) -> str:
    return "nothing" if given is None else f"a {type(given).__name__}"
