using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>
/// Ids that look like the platforms' own and say which video of which stream they are. An id that was never given out does not
/// decode, as a deleted or mistyped one finds nothing on the real platform.
/// </summary>
internal static class Ids
{
    private const int CheckBits = 28;
    private const int NumberBits = 26;
    private const ulong Scatter = 0xD6E8FEB86659FD93;
    private const uint ScatterTikTok = 0x9E3779B1;

    private static readonly ulong Gather = InverseOf(Scatter);
    private static readonly uint GatherTikTok = (uint)InverseOf(ScatterTikTok);

    /// <summary>Eleven characters, as YouTube's.</summary>
    public static string ForYouTube(StreamKey stream, int number)
    {
        var packed = ((ulong)stream.Region << 32) | ((ulong)stream.Category << NumberBits) | (uint)number;
        return Text(Shuffle((packed << CheckBits) | Check(packed)));
    }

    public static bool TryFromYouTube(string id, out StreamKey stream, out int number)
    {
        (stream, number) = (default, 0);
        Span<byte> bytes = stackalloc byte[8];
        if (id.Length != 11 || Base64Url.DecodeFromChars(id, bytes, out _, out var length) != OperationStatus.Done || length != 8)
            return false;

        var value = Unshuffle(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        var packed = value >> CheckBits;
        if (Check(packed) != (value & ((1UL << CheckBits) - 1)))
            return false;

        number = (int)(packed & ((1UL << NumberBits) - 1));
        stream = new StreamKey((int)(packed >> 32), (int)((packed >> NumberBits) & 63));
        return true;
    }

    /// <summary>Nineteen digits, the upper half the second of publishing, as TikTok's.</summary>
    public static long ForTikTok(int region, int number, DateTimeOffset createdAt) =>
        (createdAt.ToUnixTimeSeconds() << 32) | ((((uint)region << NumberBits) | (uint)number) * ScatterTikTok);

    /// <summary>The caller compares the second of publishing, which is the check.</summary>
    public static (int Region, int Number, DateTimeOffset CreatedAt) FromTikTok(long id)
    {
        var packed = (uint)id * GatherTikTok;
        return ((int)(packed >> NumberBits), (int)(packed & ((1u << NumberBits) - 1)), DateTimeOffset.FromUnixTimeSeconds(id >> 32));
    }

    /// <summary>"UC" and 22 characters, as YouTube's channels.</summary>
    public static string ForChannel(string prefix, Dice dice) => prefix + Text(dice.Roll("channel a")) + Text(dice.Roll("channel b"));

    public static string Text(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Base64Url.EncodeToString(bytes);
    }

    private static ulong Check(ulong packed) => Dice.Of((long)packed).Roll("check") & ((1UL << CheckBits) - 1);

    private static ulong Shuffle(ulong x) => Fold(Fold(Fold(x) * Scatter) * Scatter);

    private static ulong Unshuffle(ulong x) => Fold(Fold(Fold(x) * Gather) * Gather);

    // Its own inverse, since it moves exactly half of the bits.
    private static ulong Fold(ulong x) => x ^ (x >> 32);

    // Newton's step doubles the number of right bits each time.
    private static ulong InverseOf(ulong odd)
    {
        var inverse = odd;
        for (var step = 0; step < 6; step++)
            inverse *= 2 - (odd * inverse);
        return inverse;
    }
}
