namespace TrendVault.Core.TikTok;

/// <summary>
/// How a file is cut for TikTok: equal chunks in order, of which the last takes the remainder of a few bytes, for there is no short
/// tail, and a single one is announced with the file's own size.
/// </summary>
/// <param name="Size">Bytes of the file.</param>
/// <param name="ChunkSize">Bytes of every chunk but the last.</param>
/// <param name="Count">Of chunks.</param>
/// <remarks><see href="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"/></remarks>
internal sealed record TikTokChunks(long Size, long ChunkSize, int Count)
{
    /// <summary>The least that a chunk beside others has. TikTok writes 5 MB, which this is in either reading.</summary>
    public const long Smallest = 5 * 1024 * 1024;

    /// <summary>The plan for a file.</summary>
    /// <param name="size">At least 1.</param>
    /// <param name="most">The longest that a chunk should be: what would come out below <see cref="Smallest"/> stays longer.</param>
    public static TikTokChunks Of(long size, long most)
    {
        var fewest = (size + most - 1) / most;
        var chunk = size / Math.Max(1, Math.Min(fewest, size / Smallest));
        return new TikTokChunks(size, chunk, (int)(size / chunk));
    }

    /// <summary>The end, exclusive, of the chunk that begins at a boundary.</summary>
    public long EndOf(long start) => start / ChunkSize == Count - 1 ? Size : start + ChunkSize;

    /// <summary>
    /// The boundary to go on from. TikTok's documents leave open whether it tells the number of bytes or the last one's, so one less
    /// than a boundary counts as that boundary.
    /// </summary>
    public long From(long stored)
    {
        if (stored > 0 && stored >= Size - 1)
            return Size;
        return Math.Min((stored + 1) / ChunkSize, Count - 1) * ChunkSize;
    }
}
