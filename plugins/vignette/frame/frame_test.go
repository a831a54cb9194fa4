package frame

import "testing"

func TestWhatIsKeptIsInTheMiddle(t *testing.T) {
	for _, test := range []struct {
		shape         string
		width, height int
		kept          Area
	}{
		{"none", 96, 64, Area{0, 0, 96, 64}},
		{"16:9", 1024, 1024, Area{0, 224, 1024, 576}},
		{"1:1", 96, 64, Area{16, 0, 64, 64}},
		{"1:1", 64, 64, Area{0, 0, 64, 64}},
		{"2.39:1", 3, 64, Area{0, 31, 3, 1}},
		{"9:16", 1, 1, Area{0, 0, 1, 1}},
	} {
		kept, err := Of(test.shape, test.width, test.height)
		if err != nil || kept != test.kept {
			t.Errorf("%s of %dx%d: %v %v, expected %v", test.shape, test.width, test.height, kept, err, test.kept)
		}
	}
}

func TestAreaAndBarsCoverEveryPixelOnce(t *testing.T) {
	for _, size := range [][2]int{{7, 5}, {5, 7}, {6, 6}, {1, 9}, {9, 1}} {
		for _, shape := range []string{"none", "2.39:1", "1:1", "4:5", "9:16"} {
			kept, err := Of(shape, size[0], size[1])
			if err != nil {
				t.Fatal(err)
			}
			seen := make([]int, size[0]*size[1])
			for _, area := range append(kept.Around(size[0], size[1]), kept) {
				for y := area.Y; y < area.Y+area.Height; y++ {
					for x := area.X; x < area.X+area.Width; x++ {
						seen[y*size[0]+x]++
					}
				}
			}
			for at, times := range seen {
				if times != 1 {
					t.Fatalf("%s of %v: pixel %d is covered %d times", shape, size, at, times)
				}
			}
		}
	}
}

func TestWhatIsNoShapeIsRefused(t *testing.T) {
	for _, shape := range []string{"", "16", "16:", ":9", "a:b", "0:1", "1:0", "-1:1", "NaN:1"} {
		if _, err := Of(shape, 64, 64); err == nil {
			t.Errorf("%q was taken", shape)
		}
	}
}
