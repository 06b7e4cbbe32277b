using System.Runtime.CompilerServices;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>
/// Paints the pictures of the video site: landscapes, cities, stages, games and skies, the same ones each time. Good enough that a
/// page full of them reads as a page of videos, and nobody's property.
/// </summary>
internal sealed class Painter(int width, int height, Dice dice)
{
    public const int Scenes = 8;

    // While an app starts, code stays as it was compiled first; millions of pixels want the compiler's best at once.
    private const MethodImplOptions Straight = MethodImplOptions.AggressiveOptimization;

    private readonly double _ratio = (double)width / height;
    private readonly double _hue = dice.Unit("hue");
    private readonly double _sunX = 0.2 + (0.6 * dice.Unit("sun x"));
    private readonly double _sunY = 0.15 + (0.35 * dice.Unit("sun y"));
    private readonly int _salt = dice.Between(1, 10_000, "salt");
    private Spot[]? _spots;

    /// <summary>The scenes that fit a category's videos.</summary>
    public static IReadOnlyList<int> ScenesOf(int category) => category switch
    {
        Category.Music => [3, 3, 4, 7, 2],
        Category.Gaming => [5, 5, 5, 6, 2],
        Category.Movies => [0, 1, 2, 6],
        _ => [0, 1, 2, 3, 4, 5, 6, 7],
    };

    /// <summary>The picture as rows of red, green, blue.</summary>
    [MethodImpl(Straight)]
    public byte[] Paint(int number)
    {
        Func<double, double, Colour>[] scenes = [Mountains, Sea, City, Stage, Bokeh, Blocks, Space, Waves];
        var scene = scenes[number % Scenes];
        var pixels = new byte[width * height * 3];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var (x, y) = ((double)column / width, (double)row / height);
                var vignette = 1 - (0.45 * (((x - 0.5) * (x - 0.5)) + ((y - 0.5) * (y - 0.5))));
                var grain = (Speck(column, row, 7) - 0.5) * 0.03;
                var colour = scene(x, y);
                var at = ((row * width) + column) * 3;
                pixels[at] = Level((colour.R * vignette) + grain);
                pixels[at + 1] = Level((colour.G * vignette) + grain);
                pixels[at + 2] = Level((colour.B * vignette) + grain);
            }
        }

        return pixels;
    }

    [MethodImpl(Straight)]
    private Colour Mountains(double x, double y)
    {
        // The nearest first: what it hides need not be painted.
        for (var layer = 3; layer >= 0; layer--)
        {
            var ridge = 0.42 + (layer * 0.14) - (0.22 * Fractal((x * _ratio * (1.5 + layer)) + (layer * 17), layer, 4));
            if (y > ridge)
                return Colour.Blend(Evening(0.3, 0.75), Colour.FromHsv(0.58 + (0.1 * _hue), 0.45, 0.1), (layer + 1) / 4.0) * (1 - (0.25 * (y - ridge)));
        }

        return Sky(x, y);
    }

    [MethodImpl(Straight)]
    private Colour Sea(double x, double y)
    {
        const double horizon = 0.55;
        if (y < horizon)
            return Sky(x, y);
        var depth = (y - horizon) / (1 - horizon);
        var deep = 0.52 + (0.12 * _hue);
        var ripple = Noise(x * 30 / (0.3 + depth), (y * 140 * (1 - (0.6 * depth))) + 5);
        var path = Math.Exp(-Math.Pow((x - _sunX) * _ratio / (0.08 + (0.2 * depth)), 2)) * ripple;
        return Colour.Blend(Colour.FromHsv(deep, 0.5, 0.5), Colour.FromHsv(deep + 0.04, 0.7, 0.12), depth) + (Evening(0.4, 1) * path);
    }

    [MethodImpl(Straight)]
    private Colour City(double x, double y)
    {
        var colour = Colour.Blend(Tint(0.0, 0.7, 0.08), Tint(-0.35, 0.6, 0.5), y * 1.1);
        for (var layer = 0; layer < 3; layer++)
        {
            var wide = 9 + (layer * 4);
            var house = Math.Floor((x + (layer * 0.37)) * wide);
            var top = 0.75 - (0.5 * Speck((int)house, layer, _salt)) + (layer * 0.12);
            if (y < top)
                continue;
            var shade = 0.16 - (layer * 0.05);
            colour = Tint(0.05, 0.4, shade);
            var (column, row) = ((int)(x * wide * 7), (int)(y * 70));
            var inWindow = ((x * wide * 7) % 1) > 0.35 && ((y * 70) % 1) > 0.4;
            if (inWindow && Speck(column, row, _salt + layer) > 0.62)
                colour = new Colour(1, 0.85, 0.5) * (0.5 + (0.5 * Speck(column, row, 3)));
        }

        return colour;
    }

    [MethodImpl(Straight)]
    private Colour Stage(double x, double y)
    {
        var colour = Tint(0, 0.6, 0.05);
        for (var lamp = 0; lamp < 6; lamp++)
        {
            var from = (lamp + 0.5) / 6;
            var lean = (Speck(lamp, 1, _salt) - 0.5) * 1.1;
            var off = Math.Abs(x - from - (lean * y)) / (0.02 + (0.16 * y));
            colour += Tint(lamp * 0.13, 0.85, 1) * (Math.Exp(-off * off * 1.8) * (0.85 - (0.6 * y)));
        }

        var crowd = 0.86 - (0.06 * Math.Abs(Math.Sin(x * 60))) - (0.05 * Noise(x * 25, 1));
        return y > crowd ? Tint(0, 0.5, 0.02) : colour;
    }

    [MethodImpl(Straight)]
    private Colour Bokeh(double x, double y)
    {
        var colour = Colour.Blend(Tint(0, 0.7, 0.18), Tint(0.2, 0.7, 0.06), y);
        _spots ??= [.. Enumerable.Range(0, 26).Select(Throw)];
        foreach (var spot in _spots)
        {
            var dx = (x - spot.X) * _ratio;
            var dy = y - spot.Y;
            var far = ((dx * dx) + (dy * dy)) / (spot.Size * spot.Size);
            if (far < 1)
                colour += spot.Light * (0.22 + (0.25 * far * far * far));
        }

        return colour;
    }

    private Spot Throw(int spot) => new(
        Speck(spot, 1, _salt), Speck(spot, 2, _salt), 0.03 + (0.13 * Speck(spot, 3, _salt)), Tint(Speck(spot, 4, _salt) * 0.25, 0.75, 0.9));

    [MethodImpl(Straight)]
    private Colour Blocks(double x, double y)
    {
        const int rows = 18;
        var (column, row) = ((int)(x * rows * _ratio), (int)(y * rows));
        var ground = rows - 4 - (int)(5 * Noise(column * 0.21, _salt % 50));
        var edge = ((x * rows * _ratio) % 1) is < 0.06 or > 0.94 || ((y * rows) % 1) is < 0.06 or > 0.94 ? 0.82 : 1;
        if (row == ground)
            return Colour.FromHsv(0.3 + (0.1 * _hue), 0.6, 0.6 * edge);
        if (row > ground)
            return Colour.FromHsv(0.08, 0.5, (0.5 - (0.02 * (row - ground)) + (0.06 * Speck(column, row, _salt))) * edge);
        if (row > 3 && Speck(column / 3, row, _salt) > 0.93)
            return Colour.FromHsv(_hue + (0.3 * Speck(column / 3, row, 5)), 0.75, 0.95 * edge);
        return Colour.Blend(Colour.FromHsv(0.55 + (0.12 * _hue), 0.55, 0.95), new Colour(0.9, 0.95, 1), (double)row / rows);
    }

    [MethodImpl(Straight)]
    private Colour Space(double x, double y)
    {
        var cloud = Fractal(x * 3 * _ratio, y * 3, 5);
        var veil = Fractal((x * 2 * _ratio) + 40, (y * 2) + 9, 5);
        var colour = (Tint(0, 0.8, 0.9) * Math.Pow(cloud, 3)) + (Tint(0.3, 0.7, 0.8) * Math.Pow(veil, 4)) + Tint(0.1, 0.8, 0.05);
        var star = Speck((int)(x * 420 * _ratio), (int)(y * 420), _salt);
        return star > 0.9975 ? colour + (new Colour(1, 1, 1) * ((star - 0.9975) * 400)) : colour;
    }

    [MethodImpl(Straight)]
    private Colour Waves(double x, double y)
    {
        var bend = Fractal(x * 2 * _ratio, y * 2, 3);
        var band = 0.5 + (0.5 * Math.Sin((((y * 5) + (x * 2 * _ratio)) * (1 + (0.4 * _hue))) + (bend * 7)));
        return Colour.Blend(Tint(0, 0.65, 0.95), Tint(0.17, 0.8, 0.3), band) * (0.8 + (0.3 * bend));
    }

    [MethodImpl(Straight)]
    private Colour Sky(double x, double y)
    {
        var sky = Colour.Blend(Colour.FromHsv(0.55 + (0.16 * _hue), 0.6, 0.6), Evening(0.45, 1), Math.Pow(Math.Clamp(y * 1.6, 0, 1), 0.8));
        var far = Math.Sqrt(Math.Pow((x - _sunX) * _ratio, 2) + Math.Pow(y - _sunY, 2));
        var cloud = Math.Max(0, Fractal((x * 2.2 * _ratio) + 3, y * 7, 4) - 0.5);
        return sky + (new Colour(1, 0.85, 0.6) * ((far < 0.055 ? 0.9 : 0) + (0.35 * Math.Exp(-far * 6)))) + (new Colour(1, 0.95, 0.9) * cloud);
    }

    // From rose over orange to a pale yellow: what skies go through towards the horizon.
    private Colour Evening(double saturation, double value) => Colour.FromHsv(0.94 + (0.2 * ((_hue * 7) % 1)), saturation, value);

    private Colour Tint(double turn, double saturation, double value) => Colour.FromHsv(_hue + turn, saturation, value);

    [MethodImpl(Straight)]
    private double Fractal(double x, double y, int octaves)
    {
        var (sum, weight, total) = (0.0, 1.0, 0.0);
        for (var octave = 0; octave < octaves; octave++)
        {
            sum += weight * Noise(x, y);
            total += weight;
            (x, y, weight) = ((x * 2.03) + 11, (y * 2.03) + 7, weight * 0.5);
        }

        return sum / total;
    }

    [MethodImpl(Straight)]
    private double Noise(double x, double y)
    {
        var (column, row) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (u, v) = (Smooth(x - column), Smooth(y - row));
        var top = Between(Speck(column, row, _salt), Speck(column + 1, row, _salt), u);
        var bottom = Between(Speck(column, row + 1, _salt), Speck(column + 1, row + 1, _salt), u);
        return Between(top, bottom, v);
    }

    private static double Speck(int x, int y, int salt)
    {
        var hash = ((uint)x * 0x9E3779B1) ^ ((uint)y * 0x85EBCA77) ^ ((uint)salt * 0xC2B2AE3D);
        hash = (hash ^ (hash >> 15)) * 0x2C1B3C6D;
        hash = (hash ^ (hash >> 12)) * 0x297A2D39;
        return (hash ^ (hash >> 15)) * (1.0 / uint.MaxValue);
    }

    private static double Smooth(double part) => part * part * (3 - (2 * part));

    private static double Between(double from, double to, double part) => from + ((to - from) * part);

    private static byte Level(double part) => (byte)(Math.Clamp(part, 0, 1) * 255);

    private readonly record struct Spot(double X, double Y, double Size, Colour Light);

    private readonly record struct Colour(double R, double G, double B)
    {
        public static Colour operator +(Colour a, Colour b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

        public static Colour operator *(Colour a, double by) => new(a.R * by, a.G * by, a.B * by);

        public static Colour Blend(Colour from, Colour to, double part)
        {
            part = Math.Clamp(part, 0, 1);
            return (from * (1 - part)) + (to * part);
        }

        public static Colour FromHsv(double hue, double saturation, double value)
        {
            var turn = (hue - Math.Floor(hue)) * 6;
            return new(Channel(5), Channel(3), Channel(1));

            double Channel(double offset)
            {
                var k = (offset + turn) % 6;
                return value - (value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
            }
        }
    }
}
