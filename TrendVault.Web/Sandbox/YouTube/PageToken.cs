using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>Where a page begins, and of which moment's list, so that the pages of one list fit together while the charts move.</summary>
internal readonly record struct PageToken(int Offset, long Moment)
{
    private const byte Version = 0x08;

    public static PageToken Read(string? text, long now)
    {
        if (text is null)
            return new PageToken(0, now);
        Span<byte> bytes = stackalloc byte[16];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done || length != 13 || bytes[0] != Version)
            throw YouTubeError.Invalid("pageToken", "The request specifies an invalid page token.", "invalidPageToken");
        var token = new PageToken(BinaryPrimitives.ReadInt32BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[5..]));
        return token.Offset >= 0 && token.Moment >= 0 && token.Moment <= now
            ? token
            : throw YouTubeError.Invalid("pageToken", "The request specifies an invalid page token.", "invalidPageToken");
    }

    public Page<T> Cut<T>(IReadOnlyList<T> all, int size)
    {
        var items = all.Skip(Offset).Take(size).ToList();
        var next = Offset + size < all.Count ? this with { Offset = Offset + size } : (PageToken?)null;
        var previous = Offset > 0 ? this with { Offset = Math.Max(0, Offset - size) } : (PageToken?)null;
        return new Page<T>(items, next?.ToString(), previous?.ToString());
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[13];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], Offset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[5..], Moment);
        return Base64Url.EncodeToString(bytes);
    }
}

internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next, string? Previous);
