"""Run from the plugin's folder: python -m unittest discover tests"""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

import styles  # noqa: E402
from styles import Style  # noqa: E402


class Merging(unittest.TestCase):
    def test_a_style_surrounds_the_prompt_or_follows_it(self):
        self.assertEqual(styles.merge("a cat", "oil of {prompt}, warm"), "oil of a cat, warm")
        self.assertEqual(styles.merge("a cat", "warm"), "a cat, warm")
        self.assertEqual(styles.merge("a cat ", ""), "a cat")
        self.assertEqual(styles.merge("", "warm"), "warm")
        self.assertEqual(styles.merge("x", "{prompt} and {prompt}"), "x and x")

    def test_an_empty_prompt_leaves_no_commas_behind(self):
        self.assertEqual(styles.merge("", "{prompt}, warm, {prompt}, old"), "warm, old")
        self.assertEqual(styles.merge(" ", "{prompt}"), "")

    def test_commas_that_the_author_wrote_stay_as_they_are(self):
        self.assertEqual(styles.merge("a,b", "in ink,{prompt}"), "in ink,a,b")

    def test_a_prompt_that_looks_like_a_placeholder_is_no_style(self):
        self.assertEqual(styles.merge("the {prompt} sign", "old"), "the {prompt} sign, old")
        self.assertEqual(styles.merge("{prompt}", "a {prompt} b"), "a {prompt} b")

    def test_styles_nest_in_their_order(self):
        chosen = [Style("a", "A {prompt} a", "x"), Style("b", "B {prompt} b", "y, {prompt}")]
        self.assertEqual(styles.apply("p", "n", chosen), ("B A p a b", "y, n, x"))
        self.assertEqual(styles.apply("p", "n", []), ("p", "n"))


class Reading(unittest.TestCase):
    def test_csv_as_a1111_writes_it(self):
        first = '\ufeffname,prompt,negative_prompt\r\nwarm,"{prompt}, warm, soft",cold\r\n\r\n'
        text = first + '"two ""words""","a\nb",\r\n'
        read = styles.parse(text)
        self.assertEqual(read["warm"], Style("warm", "{prompt}, warm, soft", "cold"))
        self.assertEqual(read['two "words"'], Style('two "words"', "a\nb", ""))

    def test_csv_without_a_first_line_or_with_other_columns(self):
        self.assertEqual(styles.parse("a, one\nb"), {"a": Style("a", "one"), "b": Style("b")})
        self.assertEqual(styles.parse("prompt,name\none,a"), {"a": Style("a", "one")})

    def test_json_in_its_three_forms(self):
        a = Style("a", "one", "")
        for text in [
            '[{"name": "a", "prompt": "one", "negative_prompt": null, "more": 1}]',
            '{"name": "a", "prompt": "one"}',
            '{"a": {"prompt": "one"}}',
        ]:
            self.assertEqual(styles.parse(text), {"a": a}, text)

    def test_nothing_is_no_styles(self):
        for text in ["", " \n\t", "\ufeff", "[]"]:
            self.assertEqual(styles.parse(text), {})

    def test_mistakes_say_where_they_are(self):
        for text, said in [
            ("[1]", "style 1 is no object"),
            ('[{"prompt": "x"}]', "style 1: there is no name"),
            ('[{"name": "a", "prompt": 3}]', "style 1: prompt is 3, expected a text"),
            ("[\n{]", "styles, line 2"),
            ("a,b,c,d", "styles, line 1: 4 columns"),
            ("a,b\na,c", "styles, line 2: `a` is there twice"),
            (",b", "styles, line 1: there is no name"),
        ]:
            with self.assertRaises(ValueError) as raised:
                styles.parse(text)
            self.assertIn(said, str(raised.exception))


class Picking(unittest.TestCase):
    def test_names_are_found_in_their_order_whatever_their_case(self):
        known = {name: Style(name) for name in ["Warm", "cold", "COLD"]}
        self.assertEqual([style.name for style in styles.pick(["cold", " warm ", ""], known)], ["cold", "Warm"])
        with self.assertRaises(ValueError):
            styles.pick(["Cold"], known)
        for name, said in [("warn", "there is no style `warn` (did you mean `Warm`?)"), ("x", "there is no style `x`")]:
            with self.assertRaises(ValueError) as raised:
                styles.pick([name], known)
            self.assertEqual(str(raised.exception), said)


class Shipped(unittest.TestCase):
    def test_the_settings_list_what_the_file_has(self):
        shipped = styles.parse((ROOT / "assets" / "styles.json").read_text("utf-8"))
        lines = (ROOT / "plugin.toml").read_text("utf-8").splitlines()
        listed = [line.split('"')[1] for line in lines if line.startswith("  { value = ")]
        self.assertEqual(listed, list(shipped))
        self.assertGreaterEqual(len(listed), 40)
        self.assertEqual(len({style.prompt for style in shipped.values()}), len(shipped))


if __name__ == "__main__":
    unittest.main()
