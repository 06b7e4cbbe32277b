using System.Buffers.Binary;

namespace TrendVault.Core.Storage;

/// <summary>What the first bytes of a picture say: whatever its name or sender claim, these decide.</summary>
internal static class PictureHeader
{
    private const string Jpeg = "image/jpeg";
    private const string Png = "image/png";
    private const string WebP = "image/webp";

    /// <summary>JPEG's, PNG's or WebP's; null for anything else.</summary>
    public static string? ContentTypeOf(ReadOnlySpan<byte> picture)
    {
        if (picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return Jpeg;
        if (picture.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return Png;
        return picture.Length >= 12 && picture.StartsWith("RIFF"u8) && picture[8..12].SequenceEqual("WEBP"u8) ? WebP : null;
    }

    /// <summary>Of a JPEG or PNG in pixels, before anything is unpacked; null when the picture does not say.</summary>
    public static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> picture) => ContentTypeOf(picture) switch
    {
        Png => SizeOfPng(picture),
        Jpeg => SizeOfJpeg(picture),
        _ => null,
    };

    // The signature, then the first chunk: length, IHDR, width, height.
    private static (int, int)? SizeOfPng(ReadOnlySpan<byte> picture) =>
        picture.Length >= 24 && picture[12..16].SequenceEqual("IHDR"u8)
            ? (BinaryPrimitives.ReadInt32BigEndian(picture[16..]), BinaryPrimitives.ReadInt32BigEndian(picture[20..]))
            : null;

    // Segment after segment until the one that begins a frame: marker, length, precision, height, width.
    private static (int, int)? SizeOfJpeg(ReadOnlySpan<byte> picture)
    {
        for (var at = 2; at + 9 < picture.Length && picture[at] == 0xFF;)
        {
            var marker = picture[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 5)..]));
            // A marker may be preceded by any number of filling bytes.
            at += marker == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 2)..]);
        }

        return null;
    }
}
