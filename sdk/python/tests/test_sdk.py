"""Run from sdk/python: python -m unittest discover tests"""

import random
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from world import Err, Host  # noqa: E402

import aquatint  # noqa: E402
from aquatint import _host, assets, entry, log, store, values  # noqa: E402
from aquatint.hooks import Axis, Plugin, Point  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        for name in [name for name in sys.modules if name.startswith("wit_world")]:
            del sys.modules[name]
        self.host = Host()
        self.plugin = Plugin()
        self.addCleanup(setattr, entry, "plugin", entry.plugin)
        entry.plugin = self.plugin
        streams = sys.stdout, sys.stderr
        self.addCleanup(lambda: (setattr(sys, "stdout", streams[0]), setattr(sys, "stderr", streams[1])))
        _host.load()

    def exports(self, *hooks):
        return entry.exports("plugin", "my-plugin", "1.2.3", "0.1.0", list(hooks), False)

    def assert_problem(self, variant, message, function, *arguments):
        with self.assertRaises(Err) as raised:
            function(*arguments)
        value = raised.exception.value
        self.assertEqual(type(value).__name__, f"Problem_{variant}")
        if message is not None:
            self.assertEqual(value.value, message)


class Values(Case):
    def test_every_value_survives_the_way_to_python_and_back(self):
        color = self.host.types.Color(1, 2, 3, 4)
        for variant, inner in [
            ("Flag", True),
            ("Int", -(2**63)),
            ("Number", 0.5),
            ("Text", "x"),
            ("Choice", "x"),
            ("Color", color),
            ("Picture", "x"),
            ("Seed", 2**64 - 1),
            ("Texts", ["a"]),
            ("Ints", [1]),
            ("Numbers", [1.0]),
        ]:
            value = self.host.value(variant, inner)
            self.assertEqual(values.to_host("k", values.from_host(value), variant), value)
        auto = self.host.value("Auto")
        self.assertEqual(values.to_host("k", values.from_host(auto)), auto)

    def test_plain_values_become_what_the_field_is(self):
        for key, given, like, expected in [
            ("sampler", "euler", "Choice", ("Choice", "euler")),
            ("prompt", "x", "Text", ("Text", "x")),
            ("cfg", 7, "Number", ("Number", 7.0)),
            ("steps", 20.0, "Int", ("Int", 20)),
            ("steps", 20.5, "Int", ("Number", 20.5)),
            ("seed", 3, "Seed", ("Seed", 3)),
            ("k", True, "Int", ("Flag", True)),
            ("k", "#ff8800", "Color", ("Color", (255, 136, 0, 255))),
            ("k", [], "Ints", ("Ints", [])),
            ("k", [], "", ("Texts", [])),
            ("k", [1, 2.5], "", ("Numbers", [1.0, 2.5])),
            ("k", [1], "Numbers", ("Numbers", [1.0])),
        ]:
            self.assertEqual(values.choose(key, given, like), expected, (key, given))
        params = values.to_params({"sampler": "euler", "cfg": 7, "steps": 2.0}, {"cfg": "Auto"})
        self.assertEqual(
            [type(param.value).__name__ for param in params], ["Value_Choice", "Value_Number", "Value_Int"]
        )

    def test_what_the_contract_cannot_carry_is_named(self):
        for given, said in [
            (2**63, "`k` is 9223372036854775808, expected -"),
            (float("inf"), "`k` is inf"),
            ([1, "a"], "`k` is [1, 'a']"),
            ([True], "`k` is [True]"),
            ({}, "`k` is a dict"),
            (values.Seed(-1), "`k` is -1, expected 0 to"),
        ]:
            with self.assertRaises(aquatint.InvalidInput) as raised:
                values.choose("k", given)
            self.assertIn(said, str(raised.exception))

    def test_a_color_is_read_in_all_its_forms(self):
        for given in ["#010203", "#010203ff", (1, 2, 3), (1, 2, 3, 255), aquatint.Color(1, 2, 3)]:
            self.assertEqual(values.color(given), (1, 2, 3, 255))
        for given in ["010203", "#01020", "#0102gg", (1, 2), (1, 2, 256), (1, 2, 0.5)]:
            with self.assertRaises(aquatint.InvalidInput):
                values.color(given)


class Hooks(Case):
    def test_a_request_is_a_dict_and_changes_are_typed_as_the_request_is(self):
        self.host.settings = [self.host.param("amount", "Number", 0.5)]
        seen = []

        @self.plugin.pre_process
        def run(request, ctx):
            seen.append((request, ctx.settings, ctx.seed))
            return {"prompt": "b", "cfg": 7, "style": "x"}

        pre = self.exports("pre-process")["PreProcess"]()
        request = [
            self.host.param("prompt", "Text", "a"),
            self.host.param("cfg", "Auto"),
            self.host.param("style", "Choice", "y"),
        ]
        changes = pre.run(request)
        self.assertEqual(seen, [({"prompt": "a", "cfg": None, "style": "y"}, {"amount": 0.5}, 7)])
        self.assertEqual(
            changes,
            [
                self.host.param("prompt", "Text", "b"),
                self.host.param("cfg", "Number", 7.0),
                self.host.param("style", "Choice", "x"),
            ],
        )

    def test_chance_begins_with_the_jobs_seed_at_each_call(self):
        drawn = []
        self.plugin.pre_process(lambda request, ctx: drawn.append((random.random(), ctx.random.random())))
        pre = self.exports("pre-process")["PreProcess"]()
        random.seed(99)
        self.assertEqual(pre.run([]), [])
        pre.run([])
        expected = random.Random(7).random()
        self.assertEqual(drawn, [(expected, expected)] * 2)

    def test_exceptions_become_problems(self):
        def raising(error):
            def run(request, ctx):
                raise error

            return run

        for error, variant, message in [
            (aquatint.InvalidInput("a\n b"), "InvalidInput", "a b"),
            (aquatint.Denied("no"), "Denied", "no"),
            (aquatint.Cancelled(), "Cancelled", None),
            (aquatint.NotFound(), "NotFound", "NotFound"),
            (MemoryError(), "Exhausted", "out of memory, see [limits] in plugin.toml"),
        ]:
            self.plugin.functions = {"pre-process": raising(error)}
            self.assert_problem(variant, message, self.exports("pre-process")["PreProcess"]().run, [])
        self.assertEqual(self.host.lines, [])
        self.plugin.functions = {"pre-process": raising(KeyError("x"))}
        with self.assertRaises(Err) as raised:
            self.exports("pre-process")["PreProcess"]().run([])
        self.assertRegex(raised.exception.value.value, r"^KeyError: 'x' \(test_sdk\.py:\d+\)$")
        self.assertEqual(self.host.lines[0][0], "ERROR")
        self.assertIn("Traceback", self.host.lines[0][1])

    def test_a_wrong_result_is_named(self):
        self.plugin.pre_process(lambda request, ctx: [1])
        run = self.exports("pre-process")["PreProcess"]().run
        self.assert_problem("Failed", "TypeError: pre_process returned a list, expected a dict or None", run, [])

    def test_the_hosts_problems_are_exceptions_and_pass_through(self):
        def run(request, ctx):
            self.assertEqual(ctx.choices("sampler"), ["euler", "heun"])
            with self.assertRaises(aquatint.NotFound):
                assets.read("none")
            ctx.choices("colour")

        self.plugin.pre_process(run)
        call = self.exports("pre-process")["PreProcess"]().run
        self.assert_problem("NotFound", "no choices for `colour`", call, [])

    def test_a_hook_without_a_function_or_with_two_is_a_mistake(self):
        for hook, decorator in [("pre-process", "@plugin.pre_process"), ("sweep", "@plugin.axis(KEY, LABEL)")]:
            with self.assertRaises(TypeError) as raised:
                self.exports(hook)
            self.assertIn(decorator, str(raised.exception))
        self.plugin.denoise(lambda moment, latents, ctx: None)
        with self.assertRaises(TypeError):
            self.plugin.denoise(lambda moment, latents, ctx: None)

    def test_axes_are_listed_and_their_points_found(self):
        @self.plugin.axis("one", "One")
        def one(request, ctx):
            yield Point("p", {"steps": 3})

        @self.plugin.axes
        def more(ctx):
            return [Axis(f"a{n}", f"A{n}", lambda request, n=n: [Point(str(n))]) for n in range(2)]

        sweep = self.exports("sweep")["Sweep"]()
        self.assertEqual([axis.key for axis in sweep.axes()], ["one", "a0", "a1"])
        (point,) = sweep.points("one", [self.host.param("steps", "Int", 20)])
        self.assertEqual((point.label, point.changes), ("p", [self.host.param("steps", "Int", 3)]))
        self.assertEqual(sweep.points("a1", [])[0].label, "1")
        self.assert_problem("NotFound", "no axis `x`, the axes are: one, a0, a1", sweep.points, "x", [])
        self.plugin.axis("one", "Again")(one)
        self.assert_problem("InvalidInput", "axis `one` is there twice, expected each key once", sweep.axes)

    def test_a_plugin_describes_itself(self):
        self.plugin.pre_process(lambda request, ctx: None)
        found = self.exports("pre-process")["Info"]().describe()
        self.assertEqual((found.id, found.version), ("my-plugin", "1.2.3"))
        self.assertEqual(values.from_params(found.extra), {"sdk": "aquatint-python 0.1.0", "language": "python"})


class Pictures(Case):
    def picture(self, format, pixels):
        image = self.host.image()
        _host.load()
        size = (len(pixels) // aquatint.Format[format].bytes_per_pixel, 1)
        return aquatint.Picture(image(size, format, pixels))

    def test_a_curve_changes_colours_and_leaves_alpha(self):
        invert = bytes(range(255, -1, -1))
        same = range(256)
        for format, pixels, tables, expected in [
            ("GRAY8", b"\x00\x01", [invert], b"\xff\xfe"),
            ("RGB8", b"\x00\x01\x02", [invert], b"\xff\xfe\xfd"),
            ("RGB8", b"\x00\x01\x02\x03\x04\x05", [same, invert, same], b"\x00\xfe\x02\x03\xfb\x05"),
            ("RGBA8", b"\x00\x01\x02\x03\x04\x05\x06\x07", [invert], b"\xff\xfe\xfd\x03\xfb\xfa\xf9\x07"),
        ]:
            picture = self.picture(format, pixels)
            picture.curve(*tables)
            self.assertEqual(picture.pixels, expected)

    def test_tables_that_do_not_fit_are_refused(self):
        picture = self.picture("RGB8", bytes(3))
        for tables in [[], [bytes(255)], [bytes(256)] * 2, [[300] * 256], ["x" * 256]]:
            with self.assertRaises(aquatint.InvalidInput):
                picture.curve(*tables)
        with self.assertRaises(aquatint.InvalidInput):
            self.picture("RGBA_F32", bytes(16)).curve(bytes(256))

    def test_the_given_picture_back_means_changed_in_place(self):
        picture = self.picture("GRAY8", b"x")
        other = self.picture("GRAY8", b"y")
        results = iter([None, picture, other, 5])
        self.plugin.functions["post-process"] = lambda given, ctx: (
            given if (result := next(results)) is picture else result
        )
        post = self.exports("post-process")["PostProcess"]()
        self.assertIsNone(post.run(picture._raw))
        self.assertIsNone(post.run(picture._raw))
        self.assertIs(post.run(picture._raw), other._raw)
        message = "TypeError: post_process returned a int, expected a Picture or None"
        self.assert_problem("Failed", message, post.run, picture._raw)

    def test_sizes_that_no_picture_has_do_not_reach_the_host(self):
        picture = self.picture("GRAY8", b"x")
        for box in [(-1, 0, 1, 1), (0, 0, 1.5, 1), (0, 0, 2**32, 1)]:
            with self.assertRaises(aquatint.InvalidInput):
                picture.read(box)

    def test_a_picture_is_closed_at_the_end_of_a_with(self):
        with self.picture("GRAY8", b"x") as picture:
            self.assertFalse(picture._raw.closed)
        self.assertTrue(picture._raw.closed)


class Ambient(Case):
    def test_print_and_logging_lead_to_the_hosts_log(self):
        import logging

        def run(request, ctx):
            print("one\ntwo", end="")
            print(" three")
            print("rest", end="", file=sys.stderr)
            logging.getLogger("x").warning("careful %d", 3)
            log.info("four", amount=1)

        self.plugin.pre_process(run)
        self.exports("pre-process")["PreProcess"]().run([])
        self.assertEqual(
            self.host.lines,
            [
                ("INFO", "one", []),
                ("INFO", "two three", []),
                ("WARN", "careful 3", [("logger", "x")]),
                ("INFO", "four", [("amount", "1")]),
                ("WARN", "rest", []),
            ],
        )

    def test_what_needs_a_permission_says_which(self):
        for call, said in [
            (lambda: store.get("x"), "`store` needs [permissions] store in plugin.toml"),
            (lambda: aquatint.fetch.get("https://example.org"), "`fetch` needs [permissions] net"),
            (lambda: aquatint.Picture.from_png(b""), "`image` is not there for the hooks"),
        ]:
            with self.assertRaises(aquatint.Unsupported) as raised:
                call()
            self.assertIn(said, str(raised.exception))

    def test_progress_stops_a_call_that_nobody_wants(self):
        ctx = aquatint.Context()
        ctx.progress(0.5)
        self.assertEqual(ctx.time_left, 1.5)
        self.host.is_cancelled = True
        with self.assertRaises(aquatint.Cancelled):
            ctx.progress(0.6)


if __name__ == "__main__":
    unittest.main()
