package aquatint

import (
	"encoding/binary"
	"math"

	"aquatint/made/aquatint_plugin_image"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/problems"
	"aquatint/internal/wit/types"
)

// Picture is a picture in the host. Its pixels are there; they are moved only where a method says so.
//
// It counts against the plugin's budget of pixels until it is dropped or the call ends.
type Picture struct {
	image *aquatint_plugin_image.Image
}

// Area is a rectangle inside a picture, from its top left corner.
type Area struct{ X, Y, Width, Height int }

func (a Area) area() aquatint_plugin_types.Area {
	return aquatint_plugin_types.Area{X: whole(a.X), Y: whole(a.Y), Width: whole(a.Width), Height: whole(a.Height)}
}

// What cannot be becomes what the host refuses.
func whole(number int) uint32 {
	if number < 0 || number > math.MaxInt32 {
		return math.MaxUint32
	}
	return uint32(number)
}

func sized(width, height int) aquatint_plugin_types.Size {
	return aquatint_plugin_types.Size{Width: whole(width), Height: whole(height)}
}

// Format is how a pixel is stored.
type Format uint8

// The formats.
const (
	// Red, green, blue.
	RGB8 = Format(aquatint_plugin_image.PixelFormatRgb8)
	// Red, green, blue, alpha; not premultiplied.
	RGBA8 = Format(aquatint_plugin_image.PixelFormatRgba8)
	// Luma.
	Gray8 = Format(aquatint_plugin_image.PixelFormatGray8)
	// Four little-endian 32-bit floats, 0 to 1.
	RGBAF32 = Format(aquatint_plugin_image.PixelFormatRgbaF32)
)

// Bytes is how many a pixel takes.
func (f Format) Bytes() int {
	switch f {
	case RGB8:
		return 3
	case Gray8:
		return 1
	case RGBAF32:
		return 16
	default:
		return 4
	}
}

// Filter is how pixels between pixels are found.
type Filter uint8

// The filters.
const (
	Nearest  = Filter(aquatint_plugin_image.FilterNearest)
	Bilinear = Filter(aquatint_plugin_image.FilterBilinear)
	Bicubic  = Filter(aquatint_plugin_image.FilterBicubic)
	Lanczos3 = Filter(aquatint_plugin_image.FilterLanczos3)
)

// Blend is how a pasted pixel meets the one below it.
type Blend uint8

// The blends.
const (
	Normal   = Blend(aquatint_plugin_image.BlendNormal)
	Multiply = Blend(aquatint_plugin_image.BlendMultiply)
	Screen   = Blend(aquatint_plugin_image.BlendScreen)
	Overlay  = Blend(aquatint_plugin_image.BlendOverlay)
	Add      = Blend(aquatint_plugin_image.BlendAdd)
)

func pictureOf(result types.Result[*aquatint_plugin_image.Image, aquatint_plugin_types.Problem]) (*Picture, error) {
	image, err := problems.Value(result)
	if err != nil {
		return nil, err
	}
	return &Picture{image}, nil
}

// NewPicture is a picture that is all zero: black, and transparent where the format has alpha.
func NewPicture(width, height int, format Format) (*Picture, error) {
	return pictureOf(aquatint_plugin_image.ImageCreate(sized(width, height), uint8(format)))
}

// DecodePicture is a picture from the bytes of a PNG file.
func DecodePicture(file []byte) (*Picture, error) {
	return pictureOf(aquatint_plugin_image.ImageDecode(file))
}

// OpenPicture is the picture with a name.
func OpenPicture(name PictureName) (*Picture, error) {
	return pictureOf(aquatint_plugin_image.Open(string(name)))
}

// Name is a name for this picture as it is now, for a field of a request.
func (p *Picture) Name() (PictureName, error) {
	name, err := problems.Value(p.image.Name())
	return PictureName(name), err
}

// Size is width and height.
func (p *Picture) Size() (width, height int) {
	size := p.image.Size()
	return int(size.Width), int(size.Height)
}

// Format is how its pixels are stored.
func (p *Picture) Format() Format {
	return Format(p.image.Format())
}

// Read gives the pixels of a window, row by row from the top, without gaps, in the picture's format.
func (p *Picture) Read(area Area) ([]byte, error) {
	return problems.List(p.image.Read(area.area()))
}

// ReadAll gives all pixels.
func (p *Picture) ReadAll() ([]byte, error) {
	return problems.List(p.image.ReadAll())
}

// Write replaces the pixels of a window.
func (p *Picture) Write(area Area, pixels []byte) error {
	return problems.Nothing(p.image.Write(area.area(), pixels))
}

// WriteAll replaces all pixels.
func (p *Picture) WriteAll(pixels []byte) error {
	return problems.Nothing(p.image.WriteAll(pixels))
}

// Rows that are moved at once: enough that a call of the host costs nothing, few enough that memory stays small.
const rows = 64

// Strips changes strips of rows from the top, as bytes in the picture's own format: the fastest way. It stops between two
// when the user no longer wants the result.
func (p *Picture) Strips(change func(area Area, pixels []byte)) error {
	width, height := p.Size()
	for y := 0; y < height; y += rows {
		if err := goOn(); err != nil {
			return err
		}
		area := Area{Y: y, Width: width, Height: min(rows, height-y)}
		pixels, err := p.Read(area)
		if err != nil {
			return err
		}
		change(area, pixels)
		if err := p.Write(area, pixels); err != nil {
			return err
		}
	}
	return nil
}

// Rows changes rows from the top, as red, green, blue and alpha, 0 to 1, whatever the format, which the picture keeps.
func (p *Picture) Rows(change func(y int, row [][4]float32)) error {
	width, _ := p.Size()
	format := p.Format()
	row := make([][4]float32, width)
	return p.Strips(func(area Area, pixels []byte) {
		stride := len(pixels) / area.Height
		for at := range area.Height {
			bytes := pixels[at*stride : (at+1)*stride]
			format.colors(bytes, row)
			change(area.Y+at, row)
			format.bytes(row, bytes)
		}
	})
}

func (f Format) colors(from []byte, to [][4]float32) {
	const scale = 1.0 / 255
	switch f {
	case RGBAF32:
		for at := range to {
			for part := range 4 {
				bits := binary.LittleEndian.Uint32(from[16*at+4*part:])
				to[at][part] = math.Float32frombits(bits)
			}
		}
	case RGBA8:
		for at := range to {
			pixel := from[4*at : 4*at+4]
			to[at] = [4]float32{
				float32(pixel[0]) * scale, float32(pixel[1]) * scale, float32(pixel[2]) * scale, float32(pixel[3]) * scale,
			}
		}
	case RGB8:
		for at := range to {
			pixel := from[3*at : 3*at+3]
			to[at] = [4]float32{float32(pixel[0]) * scale, float32(pixel[1]) * scale, float32(pixel[2]) * scale, 1}
		}
	default:
		for at := range to {
			gray := float32(from[at]) * scale
			to[at] = [4]float32{gray, gray, gray, 1}
		}
	}
}

func (f Format) bytes(from [][4]float32, to []byte) {
	switch f {
	case RGBAF32:
		for at := range from {
			for part := range 4 {
				binary.LittleEndian.PutUint32(to[16*at+4*part:], math.Float32bits(from[at][part]))
			}
		}
	case RGBA8:
		for at := range from {
			pixel := to[4*at : 4*at+4]
			for part := range 4 {
				pixel[part] = toByte(from[at][part])
			}
		}
	case RGB8:
		for at := range from {
			pixel := to[3*at : 3*at+3]
			for part := range 3 {
				pixel[part] = toByte(from[at][part])
			}
		}
	default:
		for at, color := range from {
			// Rec. 709.
			to[at] = toByte(0.2126*color[0] + 0.7152*color[1] + 0.0722*color[2])
		}
	}
}

func toByte(part float32) uint8 {
	switch {
	// Also what is no number.
	case !(part > 0):
		return 0
	case part >= 1:
		return 255
	default:
		return uint8(part*255 + 0.5)
	}
}

// Clone is another picture with the same pixels. It costs nothing until one of the two is written to.
func (p *Picture) Clone() (*Picture, error) {
	return pictureOf(p.image.Clone())
}

// Resize is a scaled copy.
func (p *Picture) Resize(width, height int, filter Filter) (*Picture, error) {
	return pictureOf(p.image.Resize(sized(width, height), uint8(filter)))
}

// Crop is a copy of a window.
func (p *Picture) Crop(area Area) (*Picture, error) {
	return pictureOf(p.image.Crop(area.area()))
}

// Blur is a blurred copy. `radius` is the standard deviation in pixels, 0 to 256.
func (p *Picture) Blur(radius float64) (*Picture, error) {
	return pictureOf(p.image.Blur(float32(radius)))
}

// Convert is a copy in another format.
func (p *Picture) Convert(format Format) (*Picture, error) {
	return pictureOf(p.image.Convert(uint8(format)))
}

// Fill sets every pixel of a window to one colour.
func (p *Picture) Fill(area Area, color Color) error {
	return problems.Nothing(p.image.Fill(area.area(), aquatint_plugin_types.Color(color)))
}

// Paste puts a picture onto this one, its top left corner at x, y, which may be outside. `opacity` is 0 to 1.
func (p *Picture) Paste(source *Picture, x, y int, opacity float64, blend Blend) error {
	return problems.Nothing(p.image.Paste(source.image, int32(x), int32(y), float32(opacity), uint8(blend)))
}

// Mix puts another picture where `mask` is bright.
func (p *Picture) Mix(other, mask *Picture) error {
	return problems.Nothing(p.image.Mix(other.image, mask.image))
}

// Encode gives the bytes of a PNG file.
func (p *Picture) Encode() ([]byte, error) {
	return problems.List(p.image.Encode())
}

// Metadata is what is written beside the pixels.
func (p *Picture) Metadata() map[string]string {
	pairs := p.image.Metadata()
	metadata := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		metadata[pair.F0] = pair.F1
	}
	return metadata
}

// SetMetadata adds or replaces a text beside the pixels; an empty one is removed.
func (p *Picture) SetMetadata(key, text string) error {
	given := types.None[string]()
	if text != "" {
		given = types.Some(text)
	}
	return problems.Nothing(p.image.SetMetadata(key, given))
}

// Drop gives the picture back before the call ends. Not for the one that the hook was given.
func (p *Picture) Drop() {
	p.image.Drop()
}
