"""Run from the plugin's folder: python -m unittest discover tests"""

import math
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import prompts  # noqa: E402
import shapes  # noqa: E402


class Prompts(unittest.TestCase):
    def test_each_line_is_a_prompt(self):
        lines = prompts.read("a cat\r\n\n  # later\n {prompt}, in ink ||| {prompt}, colour", "a dog", "blur", True)
        self.assertEqual([line.prompt for line in lines], ["a cat", "a dog, in ink"])
        self.assertEqual([line.negative for line in lines], [None, "blur, colour"])
        self.assertEqual([line.label for line in lines], ["a cat", "{prompt}, in ink"])

    def test_a_divider_is_text_where_it_does_not_divide(self):
        (line,) = prompts.read("a ||| b", "", "", False)
        self.assertEqual((line.prompt, line.negative), ("a ||| b", None))
        (line,) = prompts.read("||| b", "", "", True)
        self.assertEqual((line.prompt, line.negative, line.label), ("", "b", "||| b"))

    def test_a_list_without_prompts_is_a_mistake(self):
        for text in ["", "\n \n", "# only this"]:
            with self.assertRaises(ValueError):
                prompts.read(text, "a", "", True)

    def test_long_labels_are_cut_between_words(self):
        self.assertEqual(prompts.shorten("x" * 60), "x" * 60)
        self.assertEqual(prompts.shorten("x" * 61), "x" * 59 + "…")
        self.assertEqual(prompts.shorten("word, " * 20), "word, word, word, word, word, word, word, word, word…")


class Shapes(unittest.TestCase):
    def test_ratios_are_read_in_all_their_forms(self):
        for text, expected in [("3:2", 1.5), (" 3/2 ", 1.5), ("3x2", 1.5), ("1.5", 1.5), ("Golden", shapes.GOLDEN)]:
            self.assertAlmostEqual(shapes.ratio(text), expected)
        for text in ["", "0", "-1", "1:0", "a:b", "1:2:3", "100", "nan", "inf", "1:"]:
            with self.assertRaises(ValueError, msg=text) as raised:
                shapes.ratio(text)
            self.assertIn(f"`{text}`", str(raised.exception))

    def test_known_sizes_come_out(self):
        for area, ratio, multiple, expected in [
            (512 * 512, 1, 8, (512, 512)),
            (512 * 512, 1, 64, (512, 512)),
            (512 * 512, 1.5, 64, (640, 448)),
            (512 * 512, 16 / 9, 8, (680, 384)),
            (1024 * 1024, 4 / 3, 64, (1152, 896)),
            (100, 32, 64, (64, 64)),
        ]:
            self.assertEqual(shapes.size(area, ratio, multiple), expected, (area, ratio, multiple))

    def test_no_size_nearby_is_closer(self):
        for side in (256, 512, 768, 1024):
            for ratio in (0.4, 0.75, 1.0, shapes.GOLDEN, 16 / 9, 2.39):
                area = side * side
                width, height = shapes.size(area, ratio, 8)

                def error(w, h):
                    return math.log(w / h / ratio) ** 2 + math.log(w * h / area) ** 2

                best = min(
                    error(w, h)
                    for w in range(max(8, width - 32), width + 40, 8)
                    for h in range(max(8, height - 32), height + 40, 8)
                )
                self.assertEqual((width % 8, height % 8), (0, 0))
                self.assertAlmostEqual(error(width, height), best)

    def test_landscape_and_portrait_mirror_each_other(self):
        wide, tall = shapes.size(512 * 512, 1.5, 8), shapes.size(512 * 512, 1 / 1.5, 8)
        self.assertEqual(wide, tall[::-1])

    def test_the_same_size_is_one_point(self):
        self.assertEqual(shapes.sizes(64 * 64, [1, 1.01, 2], 64), [(64, 64)])

    def test_golden_steps_have_the_square_in_the_middle(self):
        steps = shapes.golden(2)
        self.assertEqual(steps[2], 1)
        for smaller, larger in zip(steps, steps[1:]):
            self.assertAlmostEqual(larger / smaller, shapes.GOLDEN)

    def test_no_side_is_longer_than_a_picture_may_be(self):
        with self.assertRaises(ValueError):
            shapes.size(16384 * 16384, 2, 8)


if __name__ == "__main__":
    unittest.main()
